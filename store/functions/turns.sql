-- A turn runs from the moment its message is assigned (mailbox.sql), and ends once.

-- Ends a running turn and assigns the next one; a settled turn keeps its status. Returns the stored status. The caller
-- holds the stream's lock.
CREATE FUNCTION close_turn(p_session text, p_stream text, p_turn integer, p_status text, p_code text, p_chunks jsonb)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_turn turns; v_seqs record; v_step integer;
BEGIN
  SELECT * INTO STRICT v_turn FROM turns WHERE session_id = p_session AND turn = p_turn;
  IF v_turn.status <> 'running' THEN RETURN v_turn.status; END IF;
  UPDATE turns SET status = p_status, code = p_code, ended_at = clock_timestamp()
    WHERE session_id = p_session AND turn = p_turn RETURNING * INTO v_turn;
  UPDATE sessions SET updated_at = now() WHERE id = p_session;
  DELETE FROM events WHERE operation IN
    (SELECT key FROM operations WHERE session_id = p_session AND turn = p_turn AND state IN ('open', 'failed'));
  UPDATE operations SET state = 'abandoned', task_token = NULL, ended_at = clock_timestamp()
    WHERE session_id = p_session AND turn = p_turn AND state IN ('open', 'failed');
  UPDATE approvals SET status = 'closed' WHERE session_id = p_session AND turn = p_turn AND status = 'pending';
  SELECT coalesce(max(step), 0) INTO v_step FROM chunks WHERE session_id = p_session AND turn = p_turn
    AND jsonb_array_length(p_chunks) > 0;
  SELECT * INTO v_seqs FROM append_chunks(p_session, p_stream, p_turn, v_step, p_chunks);
  PERFORM append_event(p_stream, 'turn.settled', jsonb_build_object('turn', p_turn, 'status', p_status, 'code', p_code,
    'durationMs', round(extract(epoch FROM v_turn.ended_at - v_turn.started_at) * 1000), 'chunks', '[]'::jsonb),
    v_seqs.from_seq, v_seqs.to_seq, NULL);
  PERFORM index_turn(p_session, p_turn);
  IF NOT (SELECT is_held(s) FROM sessions s WHERE id = p_session) THEN PERFORM assign_turn(p_session, p_stream); END IF;
  RETURN p_status;
END $$;

-- next: the turn that was assigned with the end, for the turn's workflow to start.
CREATE FUNCTION settle_turn(p_session text, p_turn integer, p_status text, p_code text, p_chunks jsonb)
RETURNS TABLE (status text, next integer) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  status := close_turn(p_session, v_stream, p_turn, p_status, p_code, p_chunks);
  next := turn_after(p_session, p_turn);
  RETURN NEXT;
END $$;

-- Asks the turn that runs to end. Returns its number, or null if none runs.
CREATE FUNCTION cancel_turn(p_session text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_turn integer;
BEGIN
  UPDATE turns SET cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp())
    WHERE session_id = p_session AND status = 'running' RETURNING turn INTO v_turn;
  RETURN v_turn;
END $$;

-- Deletes a session with all that belongs to it. Returns the turn that ran, if one did, and the workflow that ran it where
-- it had none of its own.
CREATE FUNCTION delete_session(p_session text) RETURNS TABLE (turn integer, workflow text) LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  RETURN QUERY SELECT t.turn, t.workflow FROM turns t WHERE t.session_id = p_session AND t.status = 'running';
  DELETE FROM sessions WHERE id = p_session;
  DELETE FROM streams WHERE id = v_stream;
END $$;

-- Deletes the sessions of runs with all that belongs to them.
CREATE FUNCTION delete_sessions_of(p_runs text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_streams text[];
BEGIN
  SELECT array_agg(id) INTO v_streams FROM (
    SELECT id FROM streams WHERE id IN (SELECT stream FROM sessions WHERE run_id = ANY (p_runs)) ORDER BY id FOR UPDATE) AS locked;
  DELETE FROM sessions WHERE stream = ANY (v_streams);
  DELETE FROM streams WHERE id = ANY (v_streams);
END $$;
