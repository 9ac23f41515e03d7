-- A script's calls are nodes of its run; the step of such a node is the call's id.

-- Creates the nodes of a script's new calls, in their order: [{id, kind, label, phase, ordinal, call, inputHash,
-- inputParts, reuseKey, scopes, freshBecause, result: {from, output, outputHash} | null}]; `call` and `output` as JSON text,
-- whose keys keep their order. Existing nodes stay as they are. `runsOn`: the node has its result and runs: what `workflow()`
-- gives is a script, which ends later.
CREATE FUNCTION put_calls(p_run text, p_calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, call, label, phase, ordinal, input_hash, input_parts, fresh_because,
      reuse_key, scopes, reused_from, output, output_hash, started_at, ended_at)
    SELECT 'run/' || p_run || '/step/' || (c ->> 'id'), p_run, c ->> 'id', c ->> 'kind',
      CASE WHEN c ->> 'kind' = 'sleep' OR (c -> 'runsOn')::boolean THEN 'running' WHEN jsonb_typeof(c -> 'result') = 'object' THEN 'completed' ELSE 'pending' END,
      (c ->> 'call')::json, c ->> 'label', c ->> 'phase', (c ->> 'ordinal')::integer, c ->> 'inputHash', c -> 'inputParts',
      c ->> 'freshBecause', c ->> 'reuseKey',
      CASE WHEN jsonb_typeof(c -> 'scopes') = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(c -> 'scopes')) END,
      c -> 'result' ->> 'from', (c -> 'result' ->> 'output')::json, c -> 'result' ->> 'outputHash',
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' OR c ->> 'kind' = 'sleep' THEN clock_timestamp() END,
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' AND (c -> 'runsOn') IS NULL THEN clock_timestamp() END
    FROM jsonb_array_elements(p_calls) WITH ORDINALITY AS t (c, n) ORDER BY n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL));
  END LOOP;
END $$;

-- Appends lines a script logged: [{n, kind, text}]. Idempotent: existing lines stay as they are.
CREATE FUNCTION put_lines(p_run text, p_lines jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_lines jsonb;
BEGIN
  WITH added AS (
    INSERT INTO script_lines (run_id, n, kind, text)
    SELECT p_run, (l ->> 'n')::integer, l ->> 'kind', l ->> 'text' FROM jsonb_array_elements(p_lines) AS l
    ON CONFLICT DO NOTHING RETURNING n, kind, text, at)
  SELECT jsonb_agg(jsonb_build_object('n', n, 'kind', kind, 'text', text, 'at', iso(at)) ORDER BY n) INTO v_lines FROM added;
  IF v_lines IS NULL THEN RETURN; END IF;
  PERFORM append_event(v_stream, 'script.lines', jsonb_build_object('lines', v_lines));
END $$;
