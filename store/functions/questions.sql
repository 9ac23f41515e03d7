-- Questions to people that belong to a node, not to a tool call.

CREATE FUNCTION question_json(q questions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', q.id, 'runId', q.run_id, 'node', q.node, 'step', q.step, 'prompt', q.prompt,
    'form', q.form, 'approvers', to_jsonb(q.approvers), 'deadline', iso(q.deadline), 'status', q.status,
    'decision', q.decision, 'fields', q.fields, 'note', q.note, 'answeredBy', q.answered_by, 'askedAt', iso(q.asked_at),
    'answeredAt', iso(q.answered_at)) $$;

-- Closes the questions of the node's earlier attempts. Idempotent by id: returns the stored deadline.
CREATE FUNCTION ask_question(p_id text, p_run text, p_node text, p_step text, p_prompt text, p_form jsonb,
  p_approvers text[], p_deadline timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  -- A question of an earlier attempt is no longer asked.
  UPDATE questions SET status = 'closed' WHERE node = p_node AND status = 'pending' AND id <> p_id;
  INSERT INTO questions (id, run_id, node, step, prompt, form, approvers, deadline)
  VALUES (p_id, p_run, p_node, p_step, p_prompt, p_form, p_approvers, p_deadline)
  ON CONFLICT (id) DO NOTHING RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
    RETURN v_question.deadline;
  END IF;
  RETURN (SELECT deadline FROM questions WHERE id = p_id);
END $$;

-- The first answer before the deadline is kept. outcome: 'applied', 'refused' (p_by is not one of the approvers), or
-- the status the question already has.
CREATE FUNCTION answer_question(p_id text, p_run text, p_decision text, p_fields jsonb, p_note text, p_by text)
RETURNS TABLE (outcome text, question jsonb) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  SELECT * INTO v_question FROM questions WHERE id = p_id;
  IF v_question.status = 'pending' AND v_question.deadline <= clock_timestamp() THEN outcome := 'expired';
  ELSIF v_question.status <> 'pending' THEN outcome := v_question.status;
  ELSIF NOT (p_by = ANY (v_question.approvers)) THEN outcome := 'refused';
  ELSE
    UPDATE questions SET status = 'answered', decision = p_decision, fields = p_fields, note = p_note, answered_by = p_by,
      answered_at = clock_timestamp() WHERE id = p_id RETURNING * INTO v_question;
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
    outcome := 'applied';
  END IF;
  question := question_json(v_question);
  RETURN NEXT;
END $$;

-- Closes a question whose deadline has passed. One that was answered stays answered, one that still has time stays
-- pending. Returns the stored question.
CREATE FUNCTION expire_question(p_id text, p_run text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  UPDATE questions SET status = 'expired' WHERE id = p_id AND status = 'pending' AND deadline <= clock_timestamp()
    RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
  ELSE
    SELECT * INTO v_question FROM questions WHERE id = p_id;
  END IF;
  RETURN question_json(v_question);
END $$;
