-- The caller holds the stream's lock. Idempotent; the user's message becomes chunk 0 of step 0. A message that was read in
-- another turn, or taken back, begins none: whoever sent it again did not know.
CREATE OR REPLACE FUNCTION begin_turn(p_session text, p_stream text, p_turn integer, p_message text) RETURNS void LANGUAGE plpgsql AS $$
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

-- A turn that has not begun has nothing to do either: its message was read in another.
CREATE OR REPLACE FUNCTION begin_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_name text,
  p_message text, p_worker text, p_token bytea, p_workflow text, p_run text, p_started jsonb)
RETURNS TABLE (outcome text, result jsonb, fence integer, failures integer, interrupted boolean) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_status text;
BEGIN
  IF p_message IS NOT NULL THEN PERFORM begin_turn(p_session, v_stream, p_turn, p_message); END IF;
  SELECT * INTO v_op FROM operations o WHERE o.key = p_key;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', v_op.result, v_op.fence, 0, false; RETURN; END IF;
  SELECT t.status INTO v_status FROM turns t WHERE t.session_id = p_session AND t.turn = p_turn;
  IF v_status IS DISTINCT FROM 'running' THEN RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false; RETURN; END IF;
  IF v_op.state = 'open' AND v_op.worker_id = p_worker AND v_op.task_token = p_token THEN
    RETURN QUERY SELECT 'begun', NULL::jsonb, v_op.fence, v_op.failures, v_op.fence > 1; RETURN;
  END IF;
  IF v_op.key IS NULL THEN
    INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, worker_id, task_token, workflow_id, run_id)
    VALUES (p_key, p_session, p_turn, p_step, p_call, p_name, 'open', 1, p_worker, p_token, p_workflow, p_run)
    RETURNING * INTO v_op;
    interrupted := false;
  ELSE
    IF v_op.state = 'open' THEN
      INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
      VALUES (p_key || '#' || v_op.fence, p_session, p_turn, p_step, p_call,
        CASE WHEN p_call IS NULL THEN 'model' ELSE 'tool' END, v_op.name, v_op.fence, 'interrupted', v_op.started_at,
        clock_timestamp(), jsonb_build_object('worker', v_op.worker_id))
      ON CONFLICT (id) DO NOTHING;
    END IF;
    DELETE FROM events WHERE operation = p_key;
    UPDATE operations o SET state = 'open', fence = o.fence + 1, name = p_name, worker_id = p_worker, task_token = p_token,
      workflow_id = p_workflow, run_id = p_run, started_at = clock_timestamp()
    WHERE o.key = p_key RETURNING * INTO v_op;
    interrupted := true;
  END IF;
  PERFORM append_event(v_stream, CASE WHEN p_call IS NULL THEN 'step.started' ELSE 'tool.started' END,
    p_started || jsonb_build_object('turn', p_turn, 'step', p_step, 'fence', v_op.fence), NULL, NULL, NULL);
  outcome := 'begun'; result := NULL; fence := v_op.fence; failures := v_op.failures;
  RETURN NEXT;
END $$;
