CREATE FUNCTION approval_json(a approvals) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'turn', a.turn, 'step', a.step, 'call', a.call,
    'tool', a.tool, 'arguments', a.arguments, 'argumentsHash', a.arguments_hash, 'status', a.status,
    'decision', a.decision, 'note', a.note, 'answeredBy', a.answered_by, 'askedAt', iso(a.asked_at),
    'answeredAt', iso(a.answered_at),
    'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'kind', c.kind, 'path', c.path,
      'from', c.from_path, 'diff', left(c.diff, 20000), 'hunks', c.hunks) ORDER BY c.number), '[]')
      FROM file_changes c WHERE c.approval_id = a.id))
    || CASE WHEN a.about IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('about', a.about) END $$;

-- The first answer is kept. Returns the stored approval, and whether this call answered it.
CREATE FUNCTION answer_approval(p_id text, p_session text, p_decision text, p_note text, p_by text)
RETURNS TABLE (applied boolean, approval jsonb) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  UPDATE approvals SET status = 'answered', decision = p_decision, note = p_note, answered_by = p_by, answered_at = now()
    WHERE id = p_id AND status = 'pending' RETURNING * INTO v_approval;
  applied := FOUND;
  IF applied THEN
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  ELSE
    SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  END IF;
  approval := approval_json(v_approval);
  RETURN NEXT;
END $$;
