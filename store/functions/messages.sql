-- Messages are committed here before anything else hears of them.

-- Idempotent by the message's id: returns the stored row, whether this call or an earlier one inserted it.
CREATE FUNCTION accept_message(p_id text, p_session text, p_text text, p_when_busy text)
RETURNS SETOF messages LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  INSERT INTO messages (id, session_id, text, when_busy) VALUES (p_id, p_session, p_text, p_when_busy)
  ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN RETURN QUERY SELECT * FROM messages WHERE id = p_id; RETURN; END IF;
  UPDATE sessions SET updated_at = now(),
    title = CASE WHEN title = '' THEN left(split_part(btrim(p_text, E' \n\t'), E'\n', 1), 80) ELSE title END WHERE id = p_session;
  PERFORM append_event(v_stream, 'message.accepted',
    jsonb_build_object('messageId', p_id, 'text', p_text, 'whenBusy', p_when_busy), NULL, NULL, NULL);
  RETURN QUERY SELECT * FROM messages WHERE id = p_id;
END $$;

-- Returns false, and changes nothing, if the message was already delivered or withdrawn.
CREATE FUNCTION withdraw_message(p_id text, p_session text, p_code text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  UPDATE messages SET status = 'withdrawn' WHERE id = p_id AND status = 'accepted';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'message.withdrawn', jsonb_build_object('messageId', p_id, 'code', p_code), NULL, NULL, NULL);
  RETURN true;
END $$;
