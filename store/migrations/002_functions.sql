-- One call, one transaction, one round trip: the lock on a stream's row is held for the length of a function.

CREATE FUNCTION append_event(p_stream text, p_type text, p_data jsonb, p_from bigint, p_to bigint, p_operation text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_position bigint;
BEGIN
  UPDATE streams SET position = position + 1 WHERE id = p_stream RETURNING position INTO v_position;
  IF NOT FOUND THEN RAISE EXCEPTION 'stream % does not exist', p_stream USING ERRCODE = 'P0002'; END IF;
  INSERT INTO events (stream, position, type, data, from_seq, to_seq, operation)
  VALUES (p_stream, v_position, p_type, p_data, p_from, p_to, p_operation);
  RETURN v_position;
END $$;

CREATE FUNCTION lock_session(p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'session % does not exist', p_session USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $$;

-- p_chunks: [{ordinal, body}]. The caller holds the stream's lock. Returns the last seq given.
CREATE FUNCTION append_chunks(p_session text, p_stream text, p_turn integer, p_step integer, p_chunks jsonb)
RETURNS TABLE (from_seq bigint, to_seq bigint) LANGUAGE plpgsql AS $$
DECLARE v_count integer := jsonb_array_length(p_chunks);
BEGIN
  IF v_count = 0 THEN RETURN QUERY SELECT NULL::bigint, NULL::bigint; RETURN; END IF;
  UPDATE streams SET last_seq = last_seq + v_count WHERE id = p_stream RETURNING last_seq - v_count + 1, last_seq
    INTO from_seq, to_seq;
  INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body)
  SELECT p_session, append_chunks.from_seq - 1 + c.n, p_turn, p_step, (c.value ->> 'ordinal')::integer,
         c.value -> 'body' ->> 'kind', c.value -> 'body'
  FROM jsonb_array_elements(p_chunks) WITH ORDINALITY AS c (value, n);
  RETURN NEXT;
END $$;

CREATE FUNCTION approval_json(a approvals) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'turn', a.turn, 'step', a.step, 'call', a.call,
    'tool', a.tool, 'arguments', a.arguments, 'argumentsHash', a.arguments_hash, 'status', a.status,
    'decision', a.decision, 'note', a.note, 'answeredBy', a.answered_by, 'askedAt', iso(a.asked_at),
    'answeredAt', iso(a.answered_at)) $$;

CREATE FUNCTION chunk_json(c chunks) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('seq', c.seq, 'turn', c.turn, 'step', c.step, 'ordinal', c.ordinal, 'at', iso(c.at),
    'body', c.body) $$;

-- Idempotent by the message's id; returns the row that stands.
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

CREATE FUNCTION withdraw_message(p_id text, p_session text, p_code text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  UPDATE messages SET status = 'withdrawn' WHERE id = p_id AND status = 'accepted';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'message.withdrawn', jsonb_build_object('messageId', p_id, 'code', p_code), NULL, NULL, NULL);
  RETURN true;
END $$;

-- The caller holds the stream's lock. Idempotent; the user's message becomes chunk 0 of step 0.
CREATE FUNCTION begin_turn(p_session text, p_stream text, p_turn integer, p_message text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_text text; v_seqs record; v_started timestamptz;
BEGIN
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

-- The caller holds the stream's lock. Returns the status that stands: a settled turn stays as it is.
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

CREATE FUNCTION settle_turn(p_session text, p_turn integer, p_message text, p_status text, p_code text, p_chunks jsonb)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  PERFORM begin_turn(p_session, v_stream, p_turn, p_message);
  RETURN close_turn(p_session, v_stream, p_turn, p_status, p_code, p_chunks);
END $$;

-- Starts an attempt: the fence rises, so that every earlier attempt can neither stream nor seal any more.
-- p_message: given with the first step of a turn, which begins the turn as well.
-- outcome: 'begun', 'sealed' (result holds what stands) or 'closed' (the turn has ended).
-- interrupted: an earlier attempt had begun and did not end well.
-- The same attempt again, after a lost acknowledgement, finds itself begun.
CREATE FUNCTION begin_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_name text,
  p_message text, p_worker text, p_token bytea, p_workflow text, p_run text, p_started jsonb)
RETURNS TABLE (outcome text, result jsonb, fence integer, failures integer, interrupted boolean) LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_status text;
BEGIN
  IF p_message IS NOT NULL THEN PERFORM begin_turn(p_session, v_stream, p_turn, p_message); END IF;
  SELECT * INTO v_op FROM operations o WHERE o.key = p_key;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', v_op.result, v_op.fence, 0, false; RETURN; END IF;
  SELECT t.status INTO STRICT v_status FROM turns t WHERE t.session_id = p_session AND t.turn = p_turn;
  IF v_status <> 'running' THEN RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false; RETURN; END IF;
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

-- Durable like any commit: with synchronous_commit = off the last positions of a stream were lost when the server was
-- killed and given again to other events, which readers that were further on never saw.
-- Writes an ephemeral event of an attempt, unless a newer attempt has begun or the operation is sealed.
-- p_batch counts the events of the attempt: one that stands already is not written again.
CREATE FUNCTION append_delta(p_key text, p_session text, p_fence integer, p_batch integer, p_type text, p_data jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_position bigint;
BEGIN
  PERFORM 1 FROM operations WHERE key = p_key AND state = 'open' AND fence = p_fence;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM 1 FROM events WHERE operation = p_key AND batch = p_batch;
  IF FOUND THEN RETURN true; END IF;
  UPDATE streams SET position = position + 1 WHERE id = v_stream RETURNING position INTO v_position;
  INSERT INTO events (stream, position, type, data, operation, batch)
  VALUES (v_stream, v_position, p_type, p_data, p_key, p_batch);
  RETURN true;
END $$;

-- Makes the result of an attempt stand, with its chunks, approvals and span, in one transaction.
-- p_settle: the status the turn ends with, null while it goes on.
-- Returns 'sealed', also for the same attempt again after a lost acknowledgement, or 'superseded'.
CREATE FUNCTION seal_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer,
  p_result jsonb, p_hash text, p_chunks jsonb, p_approvals jsonb, p_span jsonb, p_settle text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_seqs record; v_approval approvals;
BEGIN
  SELECT * INTO STRICT v_op FROM operations WHERE key = p_key;
  IF v_op.fence <> p_fence THEN RETURN 'superseded'; END IF;
  IF v_op.state = 'sealed' THEN
    RETURN CASE WHEN v_op.content_hash = p_hash THEN 'sealed' ELSE 'superseded' END;
  END IF;
  IF v_op.state <> 'open' THEN RETURN 'superseded'; END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, p_turn, p_step, p_chunks);
  UPDATE operations SET state = 'sealed', result = p_result, content_hash = p_hash,
    ended_at = clock_timestamp() WHERE key = p_key RETURNING * INTO v_op;
  DELETE FROM events WHERE operation = p_key;
  INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
  VALUES (p_key || '#' || p_fence, p_session, p_turn, p_step, p_call, CASE WHEN p_call IS NULL THEN 'model' ELSE 'tool' END,
    v_op.name, p_fence, p_span ->> 'status', v_op.started_at, v_op.ended_at, p_span -> 'attributes');
  PERFORM append_event(v_stream, CASE WHEN p_call IS NULL THEN 'step.sealed' ELSE 'tool.sealed' END,
    jsonb_build_object('turn', p_turn, 'step', p_step, 'chunks', '[]'::jsonb)
      || CASE WHEN p_call IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('call', p_call) END,
    v_seqs.from_seq, v_seqs.to_seq, NULL);
  FOR v_approval IN
    INSERT INTO approvals (id, session_id, turn, step, call, tool, arguments, arguments_hash)
    SELECT p_key || '/' || (a ->> 'call'), p_session, p_turn, p_step, (a ->> 'call')::integer, a ->> 'tool',
           a ->> 'arguments', a ->> 'argumentsHash'
    FROM jsonb_array_elements(p_approvals) AS a
    RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'approval.asked', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  END LOOP;
  IF p_settle IS NOT NULL THEN PERFORM close_turn(p_session, v_stream, p_turn, p_settle, NULL, '[]'::jsonb); END IF;
  RETURN 'sealed';
END $$;

-- Ends an attempt without a result, so that nobody takes it for cut off. Its stream stays until the next begins.
CREATE FUNCTION fail_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer,
  p_span jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_op operations;
BEGIN
  UPDATE operations SET state = 'failed', failures = failures + 1, task_token = NULL, ended_at = clock_timestamp()
    WHERE key = p_key AND fence = p_fence AND state = 'open' RETURNING * INTO v_op;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
  VALUES (p_key || '#' || p_fence, p_session, p_turn, p_step, p_call, CASE WHEN p_call IS NULL THEN 'model' ELSE 'tool' END,
    v_op.name, p_fence, p_span ->> 'status', v_op.started_at, v_op.ended_at, p_span -> 'attributes');
  RETURN true;
END $$;

-- The first answer stands; approval_json of what stands comes back, with whether this call gave it.
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
