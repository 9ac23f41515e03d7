CREATE FUNCTION approval_json(a approvals) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'turn', a.turn, 'step', a.step, 'call', a.call,
    'tool', a.tool, 'arguments', a.arguments, 'argumentsHash', a.arguments_hash, 'status', a.status,
    'decision', a.decision, 'note', a.note, 'answeredBy', a.answered_by, 'askedAt', iso(a.asked_at),
    'answeredAt', iso(a.answered_at), 'because', a.because, 'question', a.question, 'fields', a.fields,
    'deadline', iso(a.deadline), 'lateBy', a.late_by, 'lateAt', iso(a.late_at),
    'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'kind', c.kind, 'path', c.path,
      'from', c.from_path, 'diff', left(c.diff, 20000), 'hunks', c.hunks) ORDER BY c.number), '[]')
      FROM file_changes c WHERE c.approval_id = a.id))
    || CASE WHEN a.about IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('about', a.about) END $$;

-- The calls of a step that ask, and those that a rule has decided: [{call, tool, arguments, argumentsHash, about, because,
-- question, deadlineMs, decision, note, late}]. With a decision no question is asked; `late` is the denied call that a user
-- has approved since.
CREATE FUNCTION put_approvals(p_step_key text, p_session text, p_turn integer, p_step integer, p_stream text, p_approvals jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_approval approvals;
BEGIN
  FOR v_approval IN
    INSERT INTO approvals (id, session_id, turn, step, call, tool, arguments, arguments_hash, about, because, question, deadline,
      status, decision, note, answered_by, answered_at, delivered_at)
    SELECT p_step_key || '/' || (a ->> 'call'), p_session, p_turn, p_step, (a ->> 'call')::integer, a ->> 'tool',
      a ->> 'arguments', a ->> 'argumentsHash', a ->> 'about', nullif(a -> 'because', 'null'), nullif(a -> 'question', 'null'),
      clock_timestamp() + (a ->> 'deadlineMs')::double precision * interval '1 ms',
      CASE WHEN a ->> 'decision' IS NULL THEN 'pending' ELSE 'answered' END, a ->> 'decision', a ->> 'note',
      CASE WHEN a ->> 'decision' IS NOT NULL THEN 'rule' END,
      CASE WHEN a ->> 'decision' IS NOT NULL THEN clock_timestamp() END,
      CASE WHEN a ->> 'decision' IS NOT NULL THEN clock_timestamp() END
    FROM jsonb_array_elements(p_approvals) AS a
    RETURNING *
  LOOP
    PERFORM append_event(p_stream, CASE v_approval.status WHEN 'pending' THEN 'approval.asked' ELSE 'approval.answered' END,
      jsonb_build_object('approval', approval_json(v_approval)));
  END LOOP;
  UPDATE approvals o SET late_used = p_step_key || '/' || (a ->> 'call')
    FROM jsonb_array_elements(p_approvals) AS a WHERE o.id = a ->> 'late';
END $$;

-- The first answer is kept. Returns the stored approval, and whether this call answered it.
CREATE FUNCTION answer_approval(p_id text, p_session text, p_decision text, p_fields jsonb, p_note text, p_by text)
RETURNS TABLE (applied boolean, approval jsonb) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  UPDATE approvals SET status = 'answered', decision = p_decision, fields = p_fields, note = p_note, answered_by = p_by,
    answered_at = now()
    WHERE id = p_id AND status = 'pending' AND (deadline IS NULL OR deadline > clock_timestamp()) RETURNING * INTO v_approval;
  applied := FOUND;
  IF applied THEN
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  ELSE
    SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  END IF;
  approval := approval_json(v_approval);
  RETURN NEXT;
END $$;

-- Answers a question whose deadline has passed: by its default, otherwise as denied. Returns whether it did.
CREATE FUNCTION expire_approval(p_id text, p_session text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  UPDATE approvals SET status = 'answered', answered_by = 'deadline', answered_at = now(),
      decision = CASE WHEN question ? 'default' THEN 'approve' ELSE 'deny' END,
      fields = CASE WHEN question ? 'default' THEN jsonb_build_object('answer', question -> 'default') END
    WHERE id = p_id AND status = 'pending' AND deadline <= clock_timestamp() RETURNING * INTO v_approval;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  RETURN true;
END $$;

-- Approves a call after it was denied, or after its turn ended: the next equal call of the session may run. outcome:
-- 'applied', 'pending' (it still waits: answer it), 'approved' (it was approved at first), or 'late' (it was done before).
CREATE FUNCTION approve_late(p_id text, p_session text, p_by text)
RETURNS TABLE (outcome text, approval jsonb) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  outcome := CASE WHEN v_approval.status = 'pending' THEN 'pending' WHEN v_approval.decision = 'approve' THEN 'approved'
    WHEN v_approval.late_at IS NOT NULL THEN 'late' ELSE 'applied' END;
  IF outcome = 'applied' THEN
    UPDATE approvals SET late_by = p_by, late_at = now() WHERE id = p_id RETURNING * INTO v_approval;
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  END IF;
  approval := approval_json(v_approval);
  RETURN NEXT;
END $$;

-- What an MCP server asks in the middle of a call: a question, or the approval of a request to a model. Its id is the call's
-- with one more part. Idempotent by id: a call that runs again finds what was answered. NULL when the turn has ended.
CREATE FUNCTION ask_within_call(p_id text, p_session text, p_turn integer, p_step integer, p_call integer, p_asked jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  IF FOUND THEN RETURN approval_json(v_approval); END IF;
  IF NOT EXISTS (SELECT FROM turns WHERE session_id = p_session AND turn = p_turn AND status = 'running') THEN RETURN NULL; END IF;
  INSERT INTO approvals (id, session_id, turn, step, call, tool, arguments, arguments_hash, about, because, question, deadline)
  VALUES (p_id, p_session, p_turn, p_step, p_call, p_asked ->> 'tool', p_asked ->> 'arguments', p_asked ->> 'argumentsHash',
    p_asked ->> 'about', nullif(p_asked -> 'because', 'null'), nullif(p_asked -> 'question', 'null'),
    clock_timestamp() + (p_asked ->> 'deadlineMs')::double precision * interval '1 ms')
  RETURNING * INTO v_approval;
  PERFORM append_event(v_stream, 'approval.asked', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  RETURN approval_json(v_approval);
END $$;

-- The call has ended, or its server no longer wants to know. With p_id one question, otherwise all of the call.
CREATE FUNCTION close_within_call(p_session text, p_call_key text, p_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  FOR v_approval IN
    UPDATE approvals SET status = 'closed' WHERE session_id = p_session AND status = 'pending'
      AND starts_with(id, p_call_key || '/') AND (p_id IS NULL OR id = p_id) RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  END LOOP;
END $$;
