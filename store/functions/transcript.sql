-- The transcript of a session, in chunks.

-- Appends chunks ([{ordinal, body}]) to a session's transcript and returns the first and last seq they got. The caller
-- holds the stream's lock.
CREATE FUNCTION append_chunks(p_session text, p_stream text, p_turn integer, p_step integer, p_chunks jsonb)
RETURNS TABLE (from_seq bigint, to_seq bigint) LANGUAGE plpgsql AS $$
DECLARE v_count integer := jsonb_array_length(p_chunks);
BEGIN
  IF v_count = 0 THEN RETURN QUERY SELECT NULL::bigint, NULL::bigint; RETURN; END IF;
  UPDATE streams SET last_seq = last_seq + v_count WHERE id = p_stream RETURNING last_seq - v_count + 1, last_seq
    INTO from_seq, to_seq;
  INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body)
  SELECT p_session, append_chunks.from_seq - 1 + c.n, p_turn, p_step, (c.value ->> 'ordinal')::integer,
         c.value -> 'body' ->> 'kind', c.value -> 'body'
  FROM jsonb_array_elements(p_chunks) WITH ORDINALITY AS c (value, n);
  IF p_chunks @> '[{"body": {"kind": "usage"}}]' THEN PERFORM record_usage(p_session, p_turn, p_step, p_chunks); END IF;
  IF p_chunks @? '$[*].body.images' THEN PERFORM need_attachments(p_session, attachments_in(p_chunks)); END IF;
  RETURN NEXT;
END $$;

CREATE FUNCTION chunk_json(c chunks) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('seq', c.seq, 'turn', c.turn, 'step', c.step, 'ordinal', c.ordinal, 'at', iso(c.at),
    'body', c.body) $$;
