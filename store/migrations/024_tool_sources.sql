-- What each server of tools (MCP) and each file with a tool offered when it was last asked: all workers offer the same,
-- also while a server is down. `digest`: of what was asked; another one makes the row worthless.
CREATE TABLE tool_sources (
  kind text NOT NULL,
  name text NOT NULL,
  digest text NOT NULL,
  fault text,
  offers jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name)
);
