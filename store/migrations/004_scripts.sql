-- Words: a call is what a script asks of its host: an agent, a tool, an answer, some time. Each is a node of the run, whose
-- step is the call's id: of content and occurrence, never of order.

ALTER TABLE runs
  -- False: a script without arguments; JSON has no word for it.
  ADD COLUMN has_input boolean NOT NULL DEFAULT true,
  ADD COLUMN budget jsonb,
  ADD COLUMN concurrency integer,
  -- Of a re-run: labels of agents whose results are not used again.
  ADD COLUMN fresh_agents text[] NOT NULL DEFAULT '{}',
  DROP CONSTRAINT runs_trigger_check,
  ADD CONSTRAINT runs_trigger_check CHECK (trigger IN ('manual', 'schedule', 'webhook', 'flow', 'agent'));

ALTER TABLE sessions
  -- A call that a script makes itself, {tool, arguments}: the session asks no model.
  ADD COLUMN direct jsonb;

ALTER TABLE nodes
  -- What the script asked for: the prompt, the options.
  ADD COLUMN call jsonb,
  ADD COLUMN label text,
  ADD COLUMN phase text,
  -- Place among the calls of the run as they were first asked.
  ADD COLUMN ordinal integer,
  -- The parts of input_hash by name, to say which of them has changed.
  ADD COLUMN input_parts jsonb,
  ADD COLUMN fresh_because text;

-- What passes between a script and its host, kept out of Temporal: there it is a hash.
CREATE TABLE contents (
  run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
  hash text NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY (run_id, hash)
);

-- What a script narrates.
CREATE TABLE script_lines (
  run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
  n integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('phase', 'log')),
  text text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, n)
);

CREATE OR REPLACE FUNCTION node_json(n nodes) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('key', n.key, 'step', n.step, 'index', n.index, 'kind', n.kind, 'status', n.status,
    'attempt', n.attempt, 'total', n.total, 'chosen', n.chosen, 'reusedFrom', n.reused_from, 'label', n.label,
    'phase', n.phase, 'ordinal', n.ordinal, 'freshBecause', n.fresh_because, 'code', n.code, 'reason', n.reason,
    'sessionId', n.session_id, 'childRun', n.child_run, 'usage', n.usage, 'startedAt', iso(n.started_at),
    'endedAt', iso(n.ended_at)) $$;

-- New calls of a script, in their order: [{id, kind, label, phase, ordinal, call, inputHash, inputParts, freshBecause,
-- result: {from, output, outputHash} | null}]. Those that are there stay as they are.
CREATE FUNCTION put_calls(p_run text, p_calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, call, label, phase, ordinal, input_hash, input_parts, fresh_because,
      reused_from, output, output_hash, started_at, ended_at)
    SELECT 'run/' || p_run || '/step/' || (c ->> 'id'), p_run, c ->> 'id', c ->> 'kind',
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' THEN 'completed' WHEN c ->> 'kind' = 'sleep' THEN 'running' ELSE 'pending' END,
      c -> 'call', c ->> 'label', c ->> 'phase', (c ->> 'ordinal')::integer, c ->> 'inputHash', c -> 'inputParts',
      c ->> 'freshBecause', c -> 'result' ->> 'from', c -> 'result' -> 'output', c -> 'result' ->> 'outputHash',
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' OR c ->> 'kind' = 'sleep' THEN clock_timestamp() END,
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' THEN clock_timestamp() END
    FROM jsonb_array_elements(p_calls) WITH ORDINALITY AS t (c, n) ORDER BY n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL), NULL, NULL, NULL);
  END LOOP;
END $$;

-- Idempotent: a line that is there stays. [{n, kind, text}]
CREATE FUNCTION put_lines(p_run text, p_lines jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_lines jsonb;
BEGIN
  WITH added AS (
    INSERT INTO script_lines (run_id, n, kind, text)
    SELECT p_run, (l ->> 'n')::integer, l ->> 'kind', l ->> 'text' FROM jsonb_array_elements(p_lines) AS l
    ON CONFLICT DO NOTHING RETURNING n, kind, text, at)
  SELECT jsonb_agg(jsonb_build_object('n', n, 'kind', kind, 'text', text, 'at', iso(at)) ORDER BY n) INTO v_lines FROM added;
  IF v_lines IS NULL THEN RETURN; END IF;
  PERFORM append_event(v_stream, 'script.lines', jsonb_build_object('lines', v_lines), NULL, NULL, NULL);
END $$;
