-- Words: a stream numbers what happened; a chunk is one row of the transcript; an operation is one model request or
-- one tool call, run by attempts of which the last to begin holds the fence.
-- Lock order: the stream's row first, then anything else. It gives both positions and seqs, so commit order is
-- number order and a reader of "position > cursor" can skip nothing.

CREATE FUNCTION iso(p timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT to_char(p AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

CREATE TABLE streams (
  id text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  stream text NOT NULL UNIQUE REFERENCES streams,
  title text NOT NULL,
  workspace text NOT NULL,
  agent text NOT NULL,
  model text NOT NULL,
  allow text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_recent ON sessions (updated_at DESC, id DESC);

-- A message is committed here before anything else is told of it.
CREATE TABLE messages (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  text text NOT NULL,
  when_busy text NOT NULL CHECK (when_busy IN ('enqueue', 'interrupt', 'reject')),
  status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('accepted', 'delivered', 'withdrawn')),
  turn integer,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  -- When the session's workflow last said that it has the message; null: it must be sent again.
  acknowledged_at timestamptz
);
CREATE INDEX messages_waiting ON messages (session_id, accepted_at) WHERE status = 'accepted';
CREATE INDEX messages_undelivered ON messages (accepted_at) WHERE status = 'accepted';

CREATE TABLE turns (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  turn integer NOT NULL,
  message_id text NOT NULL UNIQUE REFERENCES messages ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
  code text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (session_id, turn)
);
CREATE INDEX turns_running ON turns (session_id) WHERE status = 'running';

CREATE TABLE chunks (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  seq bigint NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  ordinal integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('text', 'thinking', 'tool_call', 'tool_result', 'image', 'error', 'system', 'usage')),
  body jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (session_id, seq),
  UNIQUE (session_id, turn, step, ordinal)
);
CREATE INDEX chunks_usage ON chunks (session_id) WHERE kind = 'usage';
CREATE INDEX chunks_conversation ON chunks (session_id, seq) WHERE kind <> 'usage';

CREATE TABLE events (
  stream text NOT NULL REFERENCES streams ON DELETE CASCADE,
  position bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  type text NOT NULL,
  data jsonb NOT NULL,
  -- The chunks a fact carries, read from the transcript when the event is.
  from_seq bigint,
  to_seq bigint,
  -- Set on ephemeral events: the operation whose sealing removes them.
  operation text,
  -- Counts the ephemeral events of an attempt, so that one given again after a lost acknowledgement is written once.
  batch integer,
  PRIMARY KEY (stream, position)
);
CREATE UNIQUE INDEX events_ephemeral ON events (operation, batch) WHERE operation IS NOT NULL;

CREATE TABLE operations (
  key text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer,
  name text NOT NULL,
  -- open: an attempt runs. failed: the last one ended in an error. sealed: the result stands. abandoned: the turn ended.
  state text NOT NULL CHECK (state IN ('open', 'failed', 'sealed', 'abandoned')),
  fence integer NOT NULL,
  -- Attempts that ended in an error of their own; those of dead workers do not count.
  failures integer NOT NULL DEFAULT 0,
  result jsonb,
  content_hash text,
  worker_id text NOT NULL,
  -- What it takes to fail the attempt of a dead worker.
  task_token bytea,
  workflow_id text NOT NULL,
  run_id text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);
CREATE INDEX operations_open ON operations (worker_id) WHERE state = 'open';
CREATE INDEX operations_sealed ON operations (worker_id, ended_at) WHERE state = 'sealed';
CREATE INDEX operations_of_turn ON operations (session_id, turn);

CREATE TABLE approvals (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer NOT NULL,
  tool text NOT NULL,
  arguments text NOT NULL,
  arguments_hash text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'answered', 'closed')),
  decision text CHECK (decision IN ('approve', 'deny')),
  note text,
  answered_by text,
  asked_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  -- When the turn's workflow took the answer; null on an answered one: it must be sent again.
  delivered_at timestamptz
);
CREATE INDEX approvals_pending ON approvals (asked_at) WHERE status = 'pending';
CREATE INDEX approvals_of_session ON approvals (session_id) WHERE status = 'pending';
CREATE INDEX approvals_undelivered ON approvals (answered_at) WHERE status = 'answered' AND delivered_at IS NULL;

CREATE TABLE spans (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer,
  kind text NOT NULL CHECK (kind IN ('model', 'tool')),
  name text NOT NULL,
  attempt integer NOT NULL,
  status text NOT NULL CHECK (status IN ('ok', 'error', 'interrupted', 'cancelled')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  attributes jsonb NOT NULL
);
CREATE INDEX spans_of_session ON spans (session_id, started_at, id);

CREATE TABLE workers (
  id text PRIMARY KEY,
  kind text NOT NULL,
  pid integer NOT NULL,
  host text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);
