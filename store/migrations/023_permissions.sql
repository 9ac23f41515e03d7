-- Why a call asks, may run or may not; questions of agents; answers that come after the call was denied.
ALTER TABLE approvals ADD COLUMN because jsonb;
ALTER TABLE approvals ADD COLUMN question jsonb;
ALTER TABLE approvals ADD COLUMN fields jsonb;
ALTER TABLE approvals ADD COLUMN deadline timestamptz;
ALTER TABLE approvals ADD COLUMN late_by text;
ALTER TABLE approvals ADD COLUMN late_at timestamptz;
-- The later call that the late approval let run.
ALTER TABLE approvals ADD COLUMN late_used text;
CREATE INDEX approvals_deadline ON approvals (deadline) WHERE status = 'pending' AND deadline IS NOT NULL;

-- Rules that were added while the stack runs: for a session and its background agents, or for a folder.
CREATE TABLE permission_rules (
  id text PRIMARY KEY,
  session_id text REFERENCES sessions ON DELETE CASCADE,
  workspace text,
  rule jsonb NOT NULL,
  -- The answer from which it was remembered.
  approval text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((session_id IS NULL) <> (workspace IS NULL))
);
CREATE INDEX permission_rules_session ON permission_rules (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX permission_rules_workspace ON permission_rules (workspace) WHERE workspace IS NOT NULL;

-- Files and folders outside the workspace that a session and its background agents may read.
CREATE TABLE read_roots (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  path text NOT NULL,
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (session_id, path)
);

-- Commands in the background. Their worker keeps them; others read, write to and stop them through these rows.
CREATE TABLE commands (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  worker_id text NOT NULL,
  argv jsonb NOT NULL,
  description text,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'exited', 'stopped', 'lost')),
  exit_code integer,
  signal text,
  output text NOT NULL DEFAULT '',
  output_from bigint NOT NULL DEFAULT 0,
  stop_asked boolean NOT NULL DEFAULT false,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
CREATE INDEX commands_session ON commands (session_id, started_at);
CREATE INDEX commands_running ON commands (worker_id) WHERE status = 'running';

CREATE TABLE command_inputs (
  id text PRIMARY KEY,
  command_id text NOT NULL REFERENCES commands ON DELETE CASCADE,
  n bigint GENERATED ALWAYS AS IDENTITY,
  text text NOT NULL,
  closes boolean NOT NULL,
  taken_at timestamptz
);
CREATE INDEX command_inputs_waiting ON command_inputs (command_id, n) WHERE taken_at IS NULL;

-- What a background agent was given beside its prompt, and which attempt it is.
ALTER TABLE subagents ADD COLUMN metadata jsonb;
ALTER TABLE subagents ADD COLUMN attempt integer NOT NULL DEFAULT 1;
ALTER TABLE subagents ADD COLUMN retry_of text;
