-- The functions that a turn calls all the time are planned once for each connection (plan_cache_mode, decision 20): they look
-- up by key, so a plan for the values would cost more than it saves.

-- An operation is one model request or one tool call. Attempts run it; the last attempt to begin holds the fence.

-- Whether a step is sealed and so is each call that its reply asks for.
CREATE FUNCTION is_answered(p_session text, p_turn integer, p_step integer) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM operations WHERE session_id = p_session AND turn = p_turn AND step = p_step AND call IS NULL
      AND purpose IS NULL AND state = 'sealed')
    AND (SELECT count(*) FROM operations WHERE session_id = p_session AND turn = p_turn AND step = p_step
      AND call IS NOT NULL AND state = 'sealed')
      >= (SELECT count(*) FROM chunks WHERE session_id = p_session AND turn = p_turn AND step = p_step AND kind = 'tool_call')
  $$;

CREATE FUNCTION operation_kind(o operations) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(o.purpose, CASE WHEN o.call IS NULL THEN 'model' ELSE 'tool' END) $$;

-- Records an attempt that has ended. Its fence is the number of the attempt.
CREATE FUNCTION add_span(o operations, p_status text, p_ended timestamptz, p_attributes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
  VALUES (o.key || '#' || o.fence, o.session_id, o.turn, o.step, o.call, operation_kind(o), o.name, o.fence, p_status,
    o.started_at, p_ended, p_attributes)
  ON CONFLICT (id) DO NOTHING;
END $$;

-- Starts an attempt. The fence rises, so no earlier attempt can stream or seal from now on.
-- outcome: 'begun', 'sealed' (result holds the stored result), 'closed' (the turn has ended) or 'cancelled' (someone asked
-- for that before the first attempt began).
-- next: of a turn that has ended, the one that was assigned with its end.
-- interrupted: an earlier attempt began and ended without a result.
-- A step after the first begins when the one before it asked for calls and each of those is sealed; another is 'closed'.
-- The same attempt, sent again after a lost acknowledgement, gets the same answer.
CREATE FUNCTION begin_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_name text,
  p_worker text, p_token bytea, p_workflow text, p_run text, p_started jsonb, p_purpose text)
RETURNS TABLE (outcome text, result jsonb, fence integer, failures integer, interrupted boolean, next integer)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_turn turns;
BEGIN
  SELECT * INTO v_op FROM operations o WHERE o.key = p_key;
  SELECT * INTO v_turn FROM turns t WHERE t.session_id = p_session AND t.turn = p_turn;
  IF v_turn.status IS DISTINCT FROM 'running' THEN next := turn_after(p_session, p_turn); END IF;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', v_op.result, v_op.fence, 0, false, next; RETURN; END IF;
  IF v_turn.status IS DISTINCT FROM 'running' THEN RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN; END IF;
  IF v_op.state = 'open' AND v_op.worker_id = p_worker AND v_op.task_token = p_token THEN
    RETURN QUERY SELECT 'begun', NULL::jsonb, v_op.fence, v_op.failures, v_op.fence > 1, next; RETURN;
  END IF;
  -- The step's workflow runs the turn, and does this just now: nothing else may do it beside.
  IF v_op.state = 'open' AND v_op.workflow_id = v_turn.workflow AND v_op.workflow_id <> p_workflow THEN
    RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN;
  END IF;
  IF v_op.key IS NULL THEN
    IF p_call IS NULL AND p_step > 1 AND NOT is_answered(p_session, p_turn, p_step - 1) THEN
      RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN;
    END IF;
    IF v_turn.cancel_asked_at IS NOT NULL AND p_call IS NULL THEN
      RETURN QUERY SELECT 'cancelled', NULL::jsonb, 0, 0, false, next; RETURN;
    END IF;
    INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, worker_id, task_token, workflow_id, run_id, purpose)
    VALUES (p_key, p_session, p_turn, p_step, p_call, p_name, 'open', 1, p_worker, p_token, p_workflow, p_run, p_purpose)
    RETURNING * INTO v_op;
    interrupted := false;
  ELSE
    IF v_op.state = 'open' THEN
      PERFORM add_span(v_op, 'interrupted', clock_timestamp(), jsonb_build_object('worker', v_op.worker_id));
    END IF;
    DELETE FROM events WHERE operation = p_key;
    UPDATE operations o SET state = 'open', fence = o.fence + 1, name = p_name, worker_id = p_worker, task_token = p_token,
      workflow_id = p_workflow, run_id = p_run, started_at = clock_timestamp()
    WHERE o.key = p_key RETURNING * INTO v_op;
    interrupted := true;
  END IF;
  PERFORM append_event(v_stream, CASE operation_kind(v_op)
    WHEN 'compaction' THEN 'compaction.started' WHEN 'model' THEN 'step.started' ELSE 'tool.started' END,
    p_started || jsonb_build_object('turn', p_turn, 'step', p_step, 'fence', v_op.fence), p_at => v_op.started_at);
  outcome := 'begun'; result := NULL; fence := v_op.fence; failures := v_op.failures;
  RETURN NEXT;
END $$;

-- Stores the result of an attempt with its chunks, approvals and span, in one transaction.
-- p_calls: tool calls that the same attempt continues with, [{key, call, callId, tool}]: they begin in this transaction.
-- p_context: what it does to the context, see seal_context; null: nothing.
-- p_settle: the status to end the turn with; null if the turn continues. p_code: why, of one that failed.
-- outcome: 'sealed' (also for the same attempt, sent again after a lost acknowledgement) or 'superseded'.
-- next: of a turn that ended with it, the one that was assigned then.
CREATE FUNCTION seal_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer,
  p_result jsonb, p_hash text, p_chunks jsonb, p_approvals jsonb, p_span jsonb, p_calls jsonb, p_settle text, p_code text,
  p_context jsonb)
RETURNS TABLE (outcome text, next integer) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_token bytea; v_seqs record; v_call jsonb; v_at timestamptz;
BEGIN
  SELECT * INTO STRICT v_op FROM operations WHERE key = p_key;
  v_token := v_op.task_token;
  IF v_op.fence <> p_fence OR v_op.state NOT IN ('open', 'sealed')
    OR v_op.state = 'sealed' AND v_op.content_hash <> p_hash THEN
    RETURN QUERY SELECT 'superseded', NULL::integer; RETURN;
  END IF;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', turn_after(p_session, p_turn); RETURN; END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, p_turn, p_step, p_chunks);
  UPDATE operations SET state = 'sealed', result = p_result, content_hash = p_hash, task_token = NULL,
    ended_at = clock_timestamp() WHERE key = p_key RETURNING * INTO v_op;
  DELETE FROM events WHERE operation = p_key;
  PERFORM add_span(v_op, p_span ->> 'status', v_op.ended_at, p_span -> 'attributes');
  IF v_op.purpose IS NULL THEN
    PERFORM append_event(v_stream, CASE WHEN p_call IS NULL THEN 'step.sealed' ELSE 'tool.sealed' END,
      jsonb_build_object('turn', p_turn, 'step', p_step, 'chunks', '[]'::jsonb)
        || CASE WHEN p_call IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('call', p_call) END,
      v_seqs.from_seq, v_seqs.to_seq, NULL);
  END IF;
  IF p_context IS NOT NULL THEN
    PERFORM seal_context(p_session, v_stream, v_op, p_context, v_seqs.from_seq, v_seqs.to_seq);
  END IF;
  -- Before its approval, which tells viewers of it.
  PERFORM add_file_changes(p_session, 'pending', NULL, (SELECT coalesce(jsonb_agg(c ORDER BY n, m), '[]')
    FROM jsonb_array_elements(p_approvals) WITH ORDINALITY AS asked (a, n),
      jsonb_array_elements(coalesce(a -> 'changes', '[]')) WITH ORDINALITY AS t (c, m)));
  PERFORM put_approvals(p_key, p_session, p_turn, p_step, v_stream, p_approvals);
  FOR v_call IN SELECT * FROM jsonb_array_elements(p_calls) LOOP
    INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, worker_id, task_token, workflow_id, run_id)
    VALUES (v_call ->> 'key', p_session, p_turn, p_step, (v_call ->> 'call')::integer, v_call ->> 'tool', 'open', 1,
      v_op.worker_id, v_token, v_op.workflow_id, v_op.run_id)
    RETURNING started_at INTO v_at;
    PERFORM append_event(v_stream, 'tool.started', (v_call - 'key') || jsonb_build_object('turn', p_turn, 'step', p_step,
      'fence', 1), p_at => v_at);
  END LOOP;
  outcome := 'sealed';
  IF p_settle IS NOT NULL THEN
    PERFORM close_turn(p_session, v_stream, p_turn, p_settle, p_code, '[]'::jsonb);
    next := turn_after(p_session, p_turn);
  END IF;
  RETURN NEXT;
END $$;

-- Ends an attempt that failed, so that it is not mistaken for an interrupted one. Its ephemeral events stay until the
-- next attempt begins.
-- p_wait: {until, code, isAsked} of a pause that viewers see, or null. The event goes when the next attempt begins.
CREATE FUNCTION fail_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer,
  p_span jsonb, p_wait jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_op operations; v_stream text := 'session/' || p_session;
BEGIN
  IF p_wait IS NOT NULL THEN
    PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
  END IF;
  UPDATE operations SET state = 'failed', failures = failures + 1, task_token = NULL, ended_at = clock_timestamp()
    WHERE key = p_key AND fence = p_fence AND state = 'open' RETURNING * INTO v_op;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM add_span(v_op, p_span ->> 'status', v_op.ended_at, p_span -> 'attributes');
  IF p_wait IS NOT NULL THEN
    PERFORM append_event(v_stream, 'step.waiting', p_wait || jsonb_build_object('turn', p_turn, 'step', p_step, 'fence', p_fence),
      NULL, NULL, p_key);
  END IF;
  RETURN true;
END $$;
