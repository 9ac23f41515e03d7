-- What requests to models used: a row for each, which outlives its session, and the sums of each session.

-- Records the usage chunks among p_chunks ([{ordinal, body}]). The caller holds the stream's lock.
CREATE FUNCTION record_usage(p_session text, p_turn integer, p_step integer, p_chunks jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE v_body jsonb; v_usage jsonb; v_session sessions; v_run text;
BEGIN
  SELECT * INTO v_session FROM sessions WHERE id = p_session;
  v_run := coalesce(v_session.run_id, (SELECT parent_run FROM subagents WHERE session_id = p_session));
  FOR v_body IN SELECT c -> 'body' FROM jsonb_array_elements(p_chunks) AS c WHERE c -> 'body' ->> 'kind' = 'usage' LOOP
    v_usage := v_body -> 'usage';
    INSERT INTO requests (session_id, run_id, turn, step, agent, model, key, purpose, messages, noted_tokens,
      input, output, cache_read, cache_write, reasoning, cost, is_estimated)
    VALUES (p_session, v_run, p_turn, p_step, v_session.agent, v_body ->> 'model', v_body ->> 'key',
      coalesce(v_body ->> 'purpose', 'reply'), (v_body -> 'noted' ->> 'messages')::integer,
      (v_body -> 'noted' ->> 'tokens')::bigint, coalesce((v_usage ->> 'input')::bigint, 0), coalesce((v_usage ->> 'output')::bigint, 0),
      coalesce((v_usage ->> 'cacheRead')::bigint, 0), coalesce((v_usage ->> 'cacheWrite')::bigint, 0), coalesce((v_usage ->> 'reasoning')::bigint, 0),
      (v_usage ->> 'cost')::double precision, v_usage ? 'isEstimated');
    INSERT INTO session_usage AS u (session_id, input, output, cache_read, cache_write, reasoning, cost, requests,
      estimated, unpriced, dropped, last)
    VALUES (p_session, coalesce((v_usage ->> 'input')::bigint, 0), coalesce((v_usage ->> 'output')::bigint, 0), coalesce((v_usage ->> 'cacheRead')::bigint, 0),
      coalesce((v_usage ->> 'cacheWrite')::bigint, 0), coalesce((v_usage ->> 'reasoning')::bigint, 0), (v_usage ->> 'cost')::double precision, 1,
      (v_usage ? 'isEstimated')::integer, ((v_usage ->> 'cost') IS NULL)::integer, coalesce((v_body ->> 'dropped')::integer, 0),
      last_of(v_usage))
    ON CONFLICT (session_id) DO UPDATE SET input = u.input + excluded.input, output = u.output + excluded.output,
      cache_read = u.cache_read + excluded.cache_read, cache_write = u.cache_write + excluded.cache_write,
      reasoning = u.reasoning + excluded.reasoning,
      cost = CASE WHEN u.cost IS NULL THEN excluded.cost ELSE u.cost + coalesce(excluded.cost, 0) END,
      requests = u.requests + 1, estimated = u.estimated + excluded.estimated, unpriced = u.unpriced + excluded.unpriced,
      dropped = u.dropped + excluded.dropped,
      last = CASE WHEN v_body ->> 'purpose' IN ('compaction', 'sampling') THEN u.last ELSE excluded.last END;
  END LOOP;
END $$;

-- The four kinds of tokens of a request.
CREATE FUNCTION last_of(p_usage jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('input', 0, 'output', 0, 'cacheRead', 0, 'cacheWrite', 0) || jsonb_strip_nulls(jsonb_build_object(
    'input', p_usage -> 'input', 'output', p_usage -> 'output', 'cacheRead', p_usage -> 'cacheRead',
    'cacheWrite', p_usage -> 'cacheWrite')) $$;
