-- New calls of a script, in their order: [{id, kind, label, phase, ordinal, call, inputHash, inputParts, freshBecause,
-- result: {from, output, outputHash} | null}]. Those that are there stay as they are.
CREATE OR REPLACE FUNCTION put_calls(p_run text, p_calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
