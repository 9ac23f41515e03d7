-- How changes of files that the agent of a session makes are applied. Sessions of earlier releases asked.
ALTER TABLE sessions ADD COLUMN change_mode text NOT NULL DEFAULT 'ask' CHECK (change_mode IN ('ask', 'auto', 'stage'));

-- Whether the check command runs after steps that wrote. Null: as everturn.yaml has it.
ALTER TABLE sessions ADD COLUMN auto_fix text CHECK (auto_fix IN ('off', 'on'));

-- Contents of files before and after changes, by their hash. They go with their session.
CREATE TABLE file_contents (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  -- SHA-256 (hex).
  hash text NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (session_id, hash)
);

-- What is applied or undone together: the changes of a call, or those that a person has named.
CREATE TABLE file_change_sets (
  -- That of the tool call, or one derived from the request.
  key text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('stage', 'apply', 'undo')),
  -- asked: nothing is done yet. applying: the journal is written, and files may be. The others are ends.
  state text NOT NULL CHECK (state IN ('asked', 'applying', 'done', 'refused')),
  -- Of a request: the changes that are meant.
  changes text[] NOT NULL DEFAULT '{}',
  -- The journal, [{path, before, after}]: each file before and after, as {hash, mode}, or null where there is none.
  steps jsonb,
  -- What the tool says of it.
  words text,
  reason text,
  asked_by text,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);
CREATE INDEX file_change_sets_open ON file_change_sets (asked_at) WHERE state IN ('asked', 'applying');
CREATE INDEX file_change_sets_of_session ON file_change_sets (session_id);

-- One change of one file by one tool call.
CREATE TABLE file_changes (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  number integer NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer NOT NULL,
  agent text NOT NULL,
  tool text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('create', 'edit', 'delete', 'rename')),
  -- Relative to the workspace.
  path text NOT NULL,
  from_path text,
  -- The content that it was made from, and the one that was on disk then: it may build on another pending change.
  base_hash text,
  disk_hash text,
  after_hash text,
  -- Of the file that it makes.
  mode integer,
  diff text NOT NULL,
  added integer NOT NULL,
  removed integer NOT NULL,
  hunks integer NOT NULL,
  notes text[] NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'applying', 'applied', 'rejected', 'conflict', 'failed', 'undone', 'withdrawn')),
  reason text,
  -- The hunks that a person approved; null: all.
  chosen integer[],
  approval_id text,
  -- The set that applies or applied it.
  set_key text,
  -- What was done, in the form of a journal.
  steps jsonb,
  decided_by text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_at timestamptz,
  UNIQUE (session_id, number)
);
CREATE INDEX file_changes_pending ON file_changes (session_id, path) WHERE state IN ('pending', 'conflict', 'failed');
CREATE INDEX file_changes_of_turn ON file_changes (session_id, turn);
CREATE INDEX file_changes_of_set ON file_changes (set_key);
CREATE INDEX file_changes_of_approval ON file_changes (approval_id) WHERE approval_id IS NOT NULL;

-- Runs of the workspace's check command after steps that wrote.
CREATE TABLE checks (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  turn integer NOT NULL,
  -- The step whose request is told of it.
  step integer NOT NULL,
  command text[] NOT NULL,
  -- skipped: nobody has allowed it.
  status text NOT NULL CHECK (status IN ('ok', 'failed', 'timed_out', 'skipped')),
  output text NOT NULL,
  duration_ms integer NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (session_id, turn, step)
);
