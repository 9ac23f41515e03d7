-- A turn begins with its message and ends once.

-- Idempotent. The user's message becomes chunk 0 of step 0. A message that another turn already read, or that was
-- withdrawn, begins no turn: it was sent again by a process that did not know. The caller holds the stream's lock.
CREATE FUNCTION begin_turn(p_session text, p_stream text, p_turn integer, p_message text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_text text; v_seqs record; v_started timestamptz;
BEGIN
  IF NOT EXISTS (SELECT FROM messages WHERE id = p_message AND session_id = p_session AND status = 'accepted') THEN RETURN; END IF;
  INSERT INTO turns (session_id, turn, message_id) VALUES (p_session, p_turn, p_message)
  ON CONFLICT (session_id, turn) DO NOTHING RETURNING started_at INTO v_started;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE messages SET status = 'delivered', turn = p_turn WHERE id = p_message AND session_id = p_session
    RETURNING text INTO STRICT v_text;
  SELECT * INTO v_seqs FROM append_chunks(p_session, p_stream, p_turn, 0, jsonb_build_array(jsonb_build_object(
    'ordinal', 0, 'body', jsonb_build_object('kind', 'text', 'role', 'user', 'text', v_text))));
  PERFORM append_event(p_stream, 'turn.started', jsonb_build_object('turn', p_turn, 'messageId', p_message,
    'startedAt', iso(v_started), 'chunks', '[]'::jsonb), v_seqs.from_seq, v_seqs.to_seq, NULL);
END $$;

-- Ends a running turn; a settled turn keeps its status. Returns the stored status. The caller holds the stream's lock.
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
  RETURN p_status;
END $$;

-- Begins the turn if it has not begun, so that a turn can end before its first step.
CREATE FUNCTION settle_turn(p_session text, p_turn integer, p_message text, p_status text, p_code text, p_chunks jsonb)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  PERFORM begin_turn(p_session, v_stream, p_turn, p_message);
  RETURN close_turn(p_session, v_stream, p_turn, p_status, p_code, p_chunks);
END $$;
