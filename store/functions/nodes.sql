-- A node is one step of a run, or one item of a map step. Its key is the id of its workflow. The first end of a node is
-- kept.

-- What viewers see of a node. Its output is read separately.
CREATE FUNCTION node_json(n nodes) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('key', n.key, 'step', n.step, 'index', n.index, 'kind', n.kind, 'status', n.status,
    'attempt', n.attempt, 'total', n.total, 'chosen', n.chosen, 'reusedFrom', n.reused_from, 'label', n.label,
    'phase', n.phase, 'ordinal', n.ordinal, 'freshBecause', n.fresh_because, 'code', n.code, 'reason', n.reason,
    'sessionId', n.session_id, 'childRun', n.child_run, 'startedAt', iso(n.started_at),
    'endedAt', iso(n.ended_at),
    -- Nodes of earlier releases have sums of fewer fields.
    'usage', '{"estimated": 0, "unpriced": 0, "dropped": 0, "last": null}'::jsonb || nullif(n.usage, 'null'::jsonb)) $$;

-- Writes the fields that are given to a node that has not ended, and appends one event to the run's stream. Fields that
-- are absent keep their values. Returns the stored status.
CREATE FUNCTION put_node(p_run text, p_key text, p_node jsonb) RETURNS text LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_stream text; v_node nodes; v_ends boolean; v_was text;
BEGIN
  v_ends := p_node ->> 'status' IN ('completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out');
  v_stream := lock_run(p_run);
  SELECT status INTO v_was FROM nodes WHERE key = p_key;
  INSERT INTO nodes AS n (key, run_id, step, index, kind, status, attempt, total, chosen, label, input_hash, reused_from, output,
    output_hash, code, reason, session_id, child_run, usage, started_at, ended_at)
  VALUES (p_key, p_run, p_node ->> 'step', (p_node ->> 'index')::integer, p_node ->> 'kind', p_node ->> 'status',
    coalesce((p_node ->> 'attempt')::integer, 0), (p_node ->> 'total')::integer, (p_node ->> 'chosen')::integer,
    p_node ->> 'label', p_node ->> 'inputHash', p_node ->> 'reusedFrom', (p_node ->> 'output')::json, p_node ->> 'outputHash', p_node ->> 'code',
    p_node ->> 'reason', p_node ->> 'sessionId', p_node ->> 'childRun', p_node -> 'usage',
    coalesce((p_node ->> 'startedAt')::timestamptz, clock_timestamp()), CASE WHEN v_ends THEN clock_timestamp() END)
  ON CONFLICT (key) DO UPDATE SET
    status = excluded.status,
    attempt = coalesce((p_node ->> 'attempt')::integer, n.attempt),
    total = coalesce(excluded.total, n.total),
    chosen = coalesce(excluded.chosen, n.chosen),
    label = coalesce(excluded.label, n.label),
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
    -- A turn that the node's workflow took and left must not begin later.
    UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp()) FROM sessions s
      WHERE s.node = p_key AND s.result_turn IS NULL AND t.session_id = s.id AND t.status = 'running';
  END IF;
  PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', v_was));
  RETURN v_node.status;
END $$;

-- Creates one node for each item of a map step. Idempotent. It takes no lock, so two calls may meet at either unique
-- index: ON CONFLICT names none of them.
CREATE FUNCTION put_items(p_run text, p_key text, p_step text, p_kind text, p_items jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO nodes (key, run_id, step, index, kind, status, item)
  SELECT p_key || '/item/' || (i.n - 1), p_run, p_step, i.n - 1, p_kind, 'pending', i.value
  FROM jsonb_array_elements(p_items) WITH ORDINALITY AS i (value, n)
  ON CONFLICT DO NOTHING $$;

-- Creates the nodes of steps that never run, all at once: [{step, kind, status, reason}]. Idempotent.
CREATE FUNCTION skip_steps(p_run text, p_nodes jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, reason, ended_at)
    SELECT 'run/' || p_run || '/step/' || (n ->> 'step'), p_run, n ->> 'step', n ->> 'kind', n ->> 'status', n ->> 'reason',
      clock_timestamp()
    FROM jsonb_array_elements(p_nodes) AS n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL));
  END LOOP;
END $$;
