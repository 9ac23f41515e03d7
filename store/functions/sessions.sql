-- The data of `session.changed`, as in contracts/events.ts.
CREATE FUNCTION session_changed_json(s sessions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('agent', s.agent, 'model', s.model, 'allow', to_jsonb(s.allow), 'archivedAt', iso(s.archived_at),
    'chunks', '[]'::jsonb) $$;

-- Changes what a session continues with. p_change: {agent, definition, model, allow, archived}, as far as they change; the
-- definition goes with the agent. p_notices: bodies of system chunks that say so, placed at the end of the last turn.
-- Returns 'changed', or 'busy' (a turn runs or a message waits, or another workflow holds the session) with nothing written.
CREATE FUNCTION change_session(p_session text, p_change jsonb, p_notices jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_session sessions; v_turn integer; v_step integer; v_ordinal integer; v_seqs record;
BEGIN
  IF p_change <> '{"archived": false}'
    AND (EXISTS (SELECT FROM turns WHERE session_id = p_session AND status = 'running')
      OR EXISTS (SELECT FROM messages WHERE session_id = p_session AND status = 'accepted')
      OR (SELECT is_held(s) FROM sessions s WHERE id = p_session)) THEN
    RETURN 'busy';
  END IF;
  UPDATE sessions SET agent = coalesce(p_change ->> 'agent', agent),
    definition = CASE WHEN p_change ? 'agent' THEN nullif(p_change -> 'definition', 'null') ELSE definition END,
    model = coalesce(p_change ->> 'model', model),
    allow = CASE WHEN p_change ? 'allow' THEN ARRAY(SELECT jsonb_array_elements_text(p_change -> 'allow')) ELSE allow END,
    archived_at = CASE p_change ->> 'archived' WHEN 'true' THEN coalesce(archived_at, now()) WHEN 'false' THEN NULL
      ELSE archived_at END
    WHERE id = p_session RETURNING * INTO v_session;
  SELECT greatest(1, max(turn)) INTO v_turn FROM turns WHERE session_id = p_session;
  SELECT coalesce(max(step), 0) INTO v_step FROM chunks WHERE session_id = p_session AND turn = v_turn;
  -- After what is said at a turn's end.
  SELECT greatest(1000000, max(ordinal)) + 1 INTO v_ordinal FROM chunks
    WHERE session_id = p_session AND turn = v_turn AND step = v_step;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, v_turn, v_step, coalesce((
    SELECT jsonb_agg(jsonb_build_object('ordinal', v_ordinal + n - 1, 'body', body) ORDER BY n)
    FROM jsonb_array_elements(p_notices) WITH ORDINALITY AS notice (body, n)), '[]'));
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session),
    v_seqs.from_seq, v_seqs.to_seq, NULL);
  RETURN 'changed';
END $$;
