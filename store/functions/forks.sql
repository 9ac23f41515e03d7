-- Copies a session's settled turns, up to p_turn, into a new session. Usage stays with the original, which paid for it.
-- Idempotent by the new id. Returns null if session p_from does not exist.
CREATE FUNCTION fork_session(p_from text, p_to text, p_turn integer, p_title text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || p_to; v_last integer;
BEGIN
  PERFORM 1 FROM streams WHERE id = 'session/' || p_from FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM sessions WHERE id = p_to) THEN RETURN p_to; END IF;
  -- A turn after one that is still running does not count as settled.
  SELECT coalesce(max(turn), 0) INTO v_last FROM turns t WHERE session_id = p_from AND turn <= coalesce(p_turn, turn)
    AND NOT EXISTS (SELECT FROM turns r WHERE r.session_id = p_from AND r.status = 'running' AND r.turn <= t.turn);
  INSERT INTO streams (id) VALUES (v_stream);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, budget, schema, forked_from, forked_turn,
      change_mode)
    SELECT p_to, v_stream, coalesce(p_title, title), workspace, agent, model, allow, definition, budget, NULL, p_from, v_last, change_mode
    FROM sessions WHERE id = p_from;
  INSERT INTO messages (id, session_id, text, when_busy, status, turn, accepted_at, kind, attachments)
    SELECT 'fork/' || p_to || '/' || m.turn, p_to, m.text, m.when_busy, 'delivered', m.turn, m.accepted_at, m.kind, m.attachments
    FROM messages m JOIN turns t ON t.message_id = m.id WHERE t.session_id = p_from AND t.turn <= v_last ORDER BY m.turn;
  INSERT INTO turns (session_id, turn, message_id, status, code, started_at, ended_at)
    SELECT p_to, turn, 'fork/' || p_to || '/' || turn, status, code, started_at, ended_at
    FROM turns WHERE session_id = p_from AND turn <= v_last;
  INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body, at)
    SELECT p_to, row_number() OVER (ORDER BY seq), turn, step, ordinal, kind, body, at
    FROM chunks WHERE session_id = p_from AND turn <= v_last AND kind <> 'usage';
  PERFORM need_attachments(p_to, attachments_in((SELECT jsonb_agg(jsonb_build_object('body', body)) FROM chunks
    WHERE session_id = p_to AND (kind IN ('image', 'file') OR kind = 'tool_result' AND body ? 'images'))));
  INSERT INTO turn_words (session_id, turn, words)
    SELECT p_to, turn, words FROM turn_words WHERE session_id = p_from AND turn <= v_last ORDER BY turn;
  INSERT INTO context_epochs (session_id, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted,
      stamped_by, created_at)
    SELECT p_to, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted, 'fork', created_at
    FROM context_epochs WHERE session_id = p_from AND made_turn <= v_last;
  UPDATE streams SET last_seq = (SELECT count(*) FROM chunks WHERE session_id = p_to) WHERE id = v_stream;
  RETURN p_to;
END $$;
