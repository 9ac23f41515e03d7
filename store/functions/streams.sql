-- Streams number what happens in a session or a run.
-- Lock order: the stream's row first, then anything else; rows of several streams in the order of their ids. The row hands out both positions and seqs, so commit order is
-- number order, and a reader of "position > cursor" skips nothing. A session's stream and a run's stream are never
-- locked together.

-- Appends one event and returns its position. The update locks the stream's row until the transaction ends, so
-- positions become visible in order. p_from, p_to: the chunks it carries. p_operation: deletes it with its attempt.
-- p_at: the time of the event; the same as in the row that a snapshot reads for it.
CREATE FUNCTION append_event(p_stream text, p_type text, p_data jsonb, p_from bigint DEFAULT NULL, p_to bigint DEFAULT NULL,
  p_operation text DEFAULT NULL, p_at timestamptz DEFAULT clock_timestamp()) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_position bigint;
BEGIN
  UPDATE streams SET position = position + 1 WHERE id = p_stream RETURNING position INTO v_position;
  IF NOT FOUND THEN RAISE EXCEPTION 'stream % does not exist', p_stream USING ERRCODE = 'P0002'; END IF;
  INSERT INTO events (stream, position, type, data, from_seq, to_seq, operation, at)
  VALUES (p_stream, v_position, p_type, p_data, p_from, p_to, p_operation, p_at);
  RETURN v_position;
END $$;

-- Locks a session's stream and returns its id. What is read after this call includes everything earlier holders of the
-- lock committed.
CREATE FUNCTION lock_session(p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'session % does not exist', p_session USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $$;

-- Locks a run's stream and returns its id.
CREATE FUNCTION lock_run(p_run text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'run/' || p_run;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'run % does not exist', p_run USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $$;

-- For each wanted stream its events after a position, in order, p_limit at most; data is JSON text in the shape of the
-- contract, each fact with the chunks it carries. want counts the wanted streams from 1.
CREATE FUNCTION read_events(p_streams text[], p_after bigint[], p_limit integer)
RETURNS TABLE (want integer, "position" bigint, at text, type text, data text) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT w.n::integer, e.position, iso(e.at), e.type,
    (CASE WHEN e.from_seq IS NULL THEN e.data ELSE e.data || jsonb_build_object('chunks',
      (SELECT jsonb_agg(chunk_json(c) ORDER BY c.seq) FROM chunks c
       WHERE c.session_id = substr(w.stream, length('session/') + 1) AND c.seq BETWEEN e.from_seq AND e.to_seq))
    END)::text
  FROM unnest(p_streams, p_after) WITH ORDINALITY AS w (stream, after, n)
  CROSS JOIN LATERAL (SELECT * FROM events WHERE events.stream = w.stream AND events.position > w.after
    ORDER BY events.position LIMIT p_limit) AS e
  ORDER BY w.n, e.position;
END $$;
