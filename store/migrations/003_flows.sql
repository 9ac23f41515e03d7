-- Words: a run is one execution of a flow or a script; a node is one step of it, or one item of a step that maps. A node's
-- key is the id of its workflow. The first end of a node stands.
-- Lock order: a run's stream is locked before its nodes and questions; never together with a session's.

ALTER TABLE sessions
  -- The agent's definition, kept so that an edit of its file changes no session.
  ADD COLUMN definition jsonb,
  -- JSON Schema of the result the session must hand in; null: its last text is the result.
  ADD COLUMN schema jsonb,
  ADD COLUMN run_id text,
  ADD COLUMN node text;
CREATE INDEX sessions_of_run ON sessions (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX sessions_recent_alone ON sessions (updated_at DESC, id DESC) WHERE run_id IS NULL;

CREATE TABLE runs (
  id text PRIMARY KEY,
  stream text NOT NULL UNIQUE REFERENCES streams,
  kind text NOT NULL CHECK (kind IN ('flow', 'script')),
  name text NOT NULL,
  origin text NOT NULL,
  file text NOT NULL,
  -- Exactly what the run was started with; the file may change or go.
  source text NOT NULL,
  definition jsonb NOT NULL,
  input jsonb NOT NULL,
  workspace text NOT NULL,
  allow text[] NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('manual', 'schedule', 'webhook', 'flow')),
  -- The node that started it, for a flow within a flow.
  parent_node text,
  parent_run text,
  depth integer NOT NULL DEFAULT 0,
  -- Results of this run and of those it re-ran may be used again, but for the nodes of from_step and what depends on it.
  rerun_of text,
  from_step text,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
  paused boolean NOT NULL DEFAULT false,
  code text,
  reason text,
  output jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  -- When Temporal has taken the run; null: it must be told again.
  acknowledged_at timestamptz
);
CREATE INDEX runs_recent ON runs (created_at DESC, id DESC);
CREATE INDEX runs_unacknowledged ON runs (created_at) WHERE acknowledged_at IS NULL;

CREATE TABLE nodes (
  key text PRIMARY KEY,
  run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
  step text NOT NULL,
  -- Place of the item among those of a step that maps; null for the step itself.
  index integer,
  kind text NOT NULL,
  status text NOT NULL CHECK (status IN
    ('pending', 'running', 'waiting', 'completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out')),
  attempt integer NOT NULL DEFAULT 0,
  item jsonb,
  -- Items of a step that maps; the case a switch took (-1: the default, -2: none).
  total integer,
  chosen integer,
  -- SHA-256 over all that the result depends on.
  input_hash text,
  reused_from text,
  output jsonb,
  output_hash text,
  code text,
  reason text,
  session_id text,
  child_run text,
  usage jsonb,
  started_at timestamptz,
  ended_at timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX nodes_of_run ON nodes (run_id, step, index) NULLS NOT DISTINCT;
CREATE INDEX nodes_reusable ON nodes (run_id, input_hash) WHERE status = 'completed';

-- A question to a person that is not bound to a tool call. Its id is the node's key and the attempt.
CREATE TABLE questions (
  id text PRIMARY KEY,
  run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
  node text NOT NULL REFERENCES nodes ON DELETE CASCADE,
  step text NOT NULL,
  prompt text NOT NULL,
  form jsonb NOT NULL,
  approvers text[],
  deadline timestamptz,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'answered', 'expired', 'closed')),
  decision text CHECK (decision IN ('approve', 'deny')),
  fields jsonb,
  note text,
  answered_by text,
  asked_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  delivered_at timestamptz
);
CREATE INDEX questions_pending ON questions (asked_at) WHERE status = 'pending';
CREATE INDEX questions_of_run ON questions (run_id) WHERE status = 'pending';
CREATE INDEX questions_undelivered ON questions (answered_at) WHERE status = 'answered' AND delivered_at IS NULL;

-- Kept once for each content.
CREATE TABLE blobs (
  hash text PRIMARY KEY,
  bytes bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE artifacts (
  run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
  name text NOT NULL,
  media_type text NOT NULL,
  size integer NOT NULL,
  hash text NOT NULL REFERENCES blobs,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, name)
);
CREATE INDEX artifacts_of_blob ON artifacts (hash);

CREATE FUNCTION lock_run(p_run text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'run/' || p_run;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'run % does not exist', p_run USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $$;

CREATE FUNCTION question_json(q questions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', q.id, 'runId', q.run_id, 'node', q.node, 'step', q.step, 'prompt', q.prompt,
    'form', q.form, 'approvers', to_jsonb(q.approvers), 'deadline', iso(q.deadline), 'status', q.status,
    'decision', q.decision, 'fields', q.fields, 'note', q.note, 'answeredBy', q.answered_by, 'askedAt', iso(q.asked_at),
    'answeredAt', iso(q.answered_at)) $$;

-- What a viewer is told of a node; its output is read apart.
CREATE FUNCTION node_json(n nodes) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('key', n.key, 'step', n.step, 'index', n.index, 'kind', n.kind, 'status', n.status,
    'attempt', n.attempt, 'total', n.total, 'chosen', n.chosen, 'reusedFrom', n.reused_from, 'code', n.code,
    'reason', n.reason, 'sessionId', n.session_id, 'childRun', n.child_run, 'usage', n.usage,
    'startedAt', iso(n.started_at), 'endedAt', iso(n.ended_at)) $$;

-- Writes what is given of a node that has not ended (fields that are not there stay) and tells the run's viewers.
-- Returns the status that stands.
CREATE FUNCTION put_node(p_run text, p_key text, p_node jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text; v_node nodes; v_ends boolean; v_was text;
BEGIN
  v_ends := p_node ->> 'status' IN ('completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out');
  v_stream := lock_run(p_run);
  SELECT status INTO v_was FROM nodes WHERE key = p_key;
  INSERT INTO nodes AS n (key, run_id, step, index, kind, status, attempt, total, chosen, input_hash, reused_from, output,
    output_hash, code, reason, session_id, child_run, usage, started_at, ended_at)
  VALUES (p_key, p_run, p_node ->> 'step', (p_node ->> 'index')::integer, p_node ->> 'kind', p_node ->> 'status',
    coalesce((p_node ->> 'attempt')::integer, 0), (p_node ->> 'total')::integer, (p_node ->> 'chosen')::integer,
    p_node ->> 'inputHash', p_node ->> 'reusedFrom', p_node -> 'output', p_node ->> 'outputHash', p_node ->> 'code',
    p_node ->> 'reason', p_node ->> 'sessionId', p_node ->> 'childRun', p_node -> 'usage',
    coalesce((p_node ->> 'startedAt')::timestamptz, clock_timestamp()), CASE WHEN v_ends THEN clock_timestamp() END)
  ON CONFLICT (key) DO UPDATE SET
    status = excluded.status,
    attempt = coalesce((p_node ->> 'attempt')::integer, n.attempt),
    total = coalesce(excluded.total, n.total),
    chosen = coalesce(excluded.chosen, n.chosen),
    input_hash = coalesce(excluded.input_hash, n.input_hash),
    reused_from = coalesce(excluded.reused_from, n.reused_from),
    output = CASE WHEN p_node ? 'output' THEN excluded.output ELSE n.output END,
    output_hash = coalesce(excluded.output_hash, n.output_hash),
    code = CASE WHEN p_node ? 'code' THEN excluded.code ELSE n.code END,
    reason = CASE WHEN p_node ? 'reason' THEN excluded.reason ELSE n.reason END,
    session_id = coalesce(excluded.session_id, n.session_id),
    child_run = coalesce(excluded.child_run, n.child_run),
    usage = coalesce(excluded.usage, n.usage),
    started_at = coalesce(n.started_at, excluded.started_at),
    ended_at = excluded.ended_at
  WHERE n.ended_at IS NULL
  RETURNING * INTO v_node;
  IF NOT FOUND THEN RETURN (SELECT status FROM nodes WHERE key = p_key); END IF;
  IF v_ends THEN
    UPDATE questions SET status = 'closed' WHERE node = p_key AND status = 'pending';
  END IF;
  PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', v_was), NULL, NULL, NULL);
  RETURN v_node.status;
END $$;

-- The items of a step that maps, one node each; idempotent.
CREATE FUNCTION put_items(p_run text, p_key text, p_step text, p_kind text, p_items jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO nodes (key, run_id, step, index, kind, status, item)
  SELECT p_key || '/item/' || (i.n - 1), p_run, p_step, i.n - 1, p_kind, 'pending', i.value
  FROM jsonb_array_elements(p_items) WITH ORDINALITY AS i (value, n)
  ON CONFLICT (key) DO NOTHING $$;

-- Steps that never run, all at once: [{step, kind, status, reason}].
CREATE FUNCTION put_unrun(p_run text, p_nodes jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, reason, ended_at)
    SELECT 'run/' || p_run || '/step/' || (n ->> 'step'), p_run, n ->> 'step', n ->> 'kind', n ->> 'status', n ->> 'reason',
      clock_timestamp()
    FROM jsonb_array_elements(p_nodes) AS n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL), NULL, NULL, NULL);
  END LOOP;
END $$;

CREATE FUNCTION ask_question(p_id text, p_run text, p_node text, p_step text, p_prompt text, p_form jsonb,
  p_approvers text[], p_deadline timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  -- One of an earlier attempt asks nobody any more.
  UPDATE questions SET status = 'closed' WHERE node = p_node AND status = 'pending' AND id <> p_id;
  INSERT INTO questions (id, run_id, node, step, prompt, form, approvers, deadline)
  VALUES (p_id, p_run, p_node, p_step, p_prompt, p_form, p_approvers, p_deadline)
  ON CONFLICT (id) DO NOTHING RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)), NULL, NULL, NULL);
    RETURN v_question.deadline;
  END IF;
  RETURN (SELECT deadline FROM questions WHERE id = p_id);
END $$;

-- The first answer before the deadline stands. outcome: 'applied', 'refused' (by is not among those who may answer),
-- or the status of what stands.
CREATE FUNCTION answer_question(p_id text, p_run text, p_decision text, p_fields jsonb, p_note text, p_by text)
RETURNS TABLE (outcome text, question jsonb) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  SELECT * INTO v_question FROM questions WHERE id = p_id;
  IF v_question.status = 'pending' AND v_question.deadline <= clock_timestamp() THEN outcome := 'expired';
  ELSIF v_question.status <> 'pending' THEN outcome := v_question.status;
  ELSIF NOT (p_by = ANY (v_question.approvers)) THEN outcome := 'refused';
  ELSE
    UPDATE questions SET status = 'answered', decision = p_decision, fields = p_fields, note = p_note, answered_by = p_by,
      answered_at = clock_timestamp() WHERE id = p_id RETURNING * INTO v_question;
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)), NULL, NULL, NULL);
    outcome := 'applied';
  END IF;
  question := question_json(v_question);
  RETURN NEXT;
END $$;

-- The deadline has passed: an answer that stands is left. Returns the question as it stands.
CREATE FUNCTION expire_question(p_id text, p_run text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  UPDATE questions SET status = 'expired' WHERE id = p_id AND status = 'pending' RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)), NULL, NULL, NULL);
  ELSE
    SELECT * INTO v_question FROM questions WHERE id = p_id;
  END IF;
  RETURN question_json(v_question);
END $$;

-- Idempotent: the first end stands.
CREATE FUNCTION settle_run(p_run text, p_status text, p_code text, p_reason text, p_output jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_run runs;
BEGIN
  UPDATE runs SET status = p_status, code = p_code, reason = p_reason, output = p_output, paused = false,
    ended_at = clock_timestamp() WHERE id = p_run AND status = 'running' RETURNING * INTO v_run;
  IF NOT FOUND THEN RETURN (SELECT status FROM runs WHERE id = p_run); END IF;
  UPDATE questions SET status = 'closed' WHERE run_id = p_run AND status = 'pending';
  UPDATE nodes SET status = 'cancelled', ended_at = clock_timestamp()
    WHERE run_id = p_run AND ended_at IS NULL AND (p_status <> 'completed' OR index IS NULL);
  PERFORM append_event(v_stream, 'run.settled', jsonb_build_object('status', p_status, 'code', p_code, 'reason', p_reason,
    'endedAt', iso(v_run.ended_at)), NULL, NULL, NULL);
  RETURN p_status;
END $$;

CREATE FUNCTION pause_run(p_run text, p_paused boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET paused = p_paused WHERE id = p_run AND status = 'running' AND paused <> p_paused;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'run.paused', jsonb_build_object('paused', p_paused), NULL, NULL, NULL);
  RETURN true;
END $$;
