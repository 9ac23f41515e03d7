-- A subagent is a session that a tool call of another session started in the background. It is queued until it is
-- admitted. Its first end is kept, and puts one message into its parent's mailbox.
-- Lock order: the streams of the parent and of the subagent in the order of their ids, then the row.

CREATE FUNCTION subagent_json(a subagents) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'parentSessionId', a.parent_session, 'turn', a.turn,
    'label', a.label, 'agent', a.agent, 'model', a.model, 'depth', a.depth, 'onParentEnd', a.on_parent_end,
    'status', a.status, 'code', a.code, 'reason', a.reason, 'cancelling', a.cancel_asked_at IS NOT NULL AND a.ended_at IS NULL,
    'ahead', CASE WHEN a.admitted_at IS NULL AND a.ended_at IS NULL THEN
      (SELECT count(*) FROM subagents o WHERE o.parent_session = a.parent_session AND o.ended_at IS NULL
         AND o.admitted_at IS NULL AND o.place < a.place) END,
    'deliveredTurn', (SELECT m.turn FROM messages m WHERE m.id = 'subagent/' || a.id || '/end'),
    'createdAt', iso(a.created_at), 'startedAt', iso(a.started_at), 'endedAt', iso(a.ended_at),
    'metadata', a.metadata, 'attempt', a.attempt, 'retryOf', a.retry_of) $$;

-- A budget for all turns, at most the one above it: {tokens, dollars}.
CREATE FUNCTION budget_within(p_above jsonb, p_own jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_own IS NULL THEN p_above ELSE coalesce(p_above, '{}') || jsonb_build_object('session', jsonb_strip_nulls(
    jsonb_build_object(
      'tokens', least((p_own ->> 'tokens')::numeric, (p_above #>> '{session,tokens}')::numeric),
      'dollars', least((p_own ->> 'dollars')::numeric, (p_above #>> '{session,dollars}')::numeric)))) END $$;

-- Locks the streams of the parent and of the subagent; either may have been deleted. Returns the row as it is after that.
CREATE FUNCTION lock_subagent(p_id text) RETURNS subagents LANGUAGE plpgsql AS $$
DECLARE v_row subagents;
BEGIN
  SELECT * INTO STRICT v_row FROM subagents WHERE id = p_id;
  PERFORM 1 FROM streams WHERE id IN ('session/' || v_row.parent_session, 'session/' || v_row.session_id)
    ORDER BY id FOR UPDATE;
  SELECT * INTO v_row FROM subagents WHERE id = p_id FOR UPDATE;
  RETURN v_row;
END $$;

-- Appends the subagent's state to its parent's stream, which the caller has locked.
CREATE FUNCTION tell_subagent(a subagents) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || a.parent_session;
BEGIN
  IF EXISTS (SELECT FROM streams WHERE id = v_stream) THEN
    PERFORM append_event(v_stream, 'subagent.changed', jsonb_build_object('subagent', subagent_json(a)));
  END IF;
END $$;

-- Whether the work the subagent was spawned for has ended, so that its result would not be read.
CREATE FUNCTION parent_has_ended(a subagents) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM sessions WHERE id = a.parent_session)
    OR a.parent_run IS NOT NULL AND NOT EXISTS (SELECT FROM runs WHERE id = a.parent_run AND ended_at IS NULL)
    OR a.parent_node IS NOT NULL AND NOT EXISTS (SELECT FROM nodes WHERE key = a.parent_node AND ended_at IS NULL
      AND (session_id IS NULL OR session_id = a.parent_session))
    OR a.parent_subagent IS NOT NULL
      AND NOT EXISTS (SELECT FROM subagents WHERE id = a.parent_subagent AND ended_at IS NULL) $$;

-- Creates the session, its first message and the subagent in one transaction. Idempotent by id.
-- outcome: 'spawned' (also if it already exists), 'too_deep' or 'too_many'.
CREATE FUNCTION spawn_subagent(p_id text, p_parent text, p_turn integer, p_session text, p_row jsonb, p_prompt text,
  p_max_depth integer, p_max_open integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_parent); v_parent sessions; v_above subagents; v_row subagents; v_node text; v_run text;
BEGIN
  IF EXISTS (SELECT FROM subagents WHERE id = p_id) THEN RETURN 'spawned'; END IF;
  SELECT * INTO STRICT v_parent FROM sessions WHERE id = p_parent;
  SELECT * INTO v_above FROM subagents WHERE session_id = p_parent;
  IF coalesce(v_above.depth, 0) >= p_max_depth THEN RETURN 'too_deep'; END IF;
  IF (SELECT count(*) FROM subagents WHERE parent_session = p_parent AND ended_at IS NULL) >= p_max_open THEN
    RETURN 'too_many';
  END IF;
  SELECT id INTO v_run FROM runs WHERE id = v_parent.run_id AND ended_at IS NULL;
  SELECT key INTO v_node FROM nodes WHERE key = v_parent.node AND ended_at IS NULL;
  INSERT INTO streams (id) VALUES ('session/' || p_session);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, run_id, budget,
    change_mode)
  VALUES (p_session, 'session/' || p_session, p_row ->> 'label', v_parent.workspace, p_row ->> 'agent', p_row ->> 'model',
    ARRAY(SELECT jsonb_array_elements_text(p_row -> 'allow')), nullif(p_row -> 'definition', 'null'), v_parent.run_id,
    budget_within(v_parent.budget, nullif(p_row -> 'budget', 'null')), v_parent.change_mode);
  INSERT INTO subagents (id, parent_session, turn, session_id, parent_run, parent_node, parent_subagent, label, agent, model,
    depth, metadata, on_parent_end)
  VALUES (p_id, p_parent, p_turn, p_session, v_run, v_node, CASE WHEN v_above.ended_at IS NULL THEN v_above.id END,
    p_row ->> 'label', p_row ->> 'agent', p_row ->> 'model', coalesce(v_above.depth, 0) + 1, nullif(p_row -> 'metadata', 'null'),
    coalesce(p_row ->> 'onParentEnd',
      CASE WHEN v_run IS NULL AND (v_above.id IS NULL OR v_above.ended_at IS NOT NULL) THEN 'leave' ELSE 'cancel' END))
  RETURNING * INTO v_row;
  -- Not before the row: it holds the session.
  PERFORM accept_message('subagent/' || p_id || '/prompt', p_session, p_prompt, 'enqueue', NULL);
  PERFORM tell_subagent(v_row);
  RETURN 'spawned';
END $$;

-- Spawns one again that has ended otherwise than completed, as a new attempt with the same orders. Idempotent by p_new.
-- outcome: 'retried', 'deleted' (its session, or that of its parent, is gone), or the status that it has.
CREATE FUNCTION retry_subagent(p_id text, p_new text, p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_old subagents; v_row subagents; v_prompt text; v_words text;
BEGIN
  SELECT * INTO STRICT v_old FROM subagents WHERE id = p_id;
  PERFORM lock_subagent(p_id);
  IF EXISTS (SELECT FROM subagents WHERE id = p_new) THEN RETURN 'retried'; END IF;
  SELECT * INTO v_old FROM subagents WHERE id = p_id;
  IF v_old.status NOT IN ('failed', 'crashed', 'cancelled') THEN RETURN v_old.status; END IF;
  SELECT text INTO v_prompt FROM messages WHERE id = 'subagent/' || p_id || '/prompt';
  IF v_prompt IS NULL OR NOT EXISTS (SELECT FROM sessions WHERE id = v_old.parent_session) THEN RETURN 'deleted'; END IF;
  v_words := format(E'\n\n[This is attempt %s of the same work. Attempt %s, %s, ended as %s: %s. What it did to files is still there: look before you do it again.]',
    v_old.attempt + 1, v_old.attempt, p_id, v_old.status, coalesce(v_old.reason, v_old.code, 'no reason was kept'));
  INSERT INTO streams (id) VALUES ('session/' || p_session);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, run_id, budget,
    change_mode)
  SELECT p_session, 'session/' || p_session, format('%s (attempt %s)', v_old.label, v_old.attempt + 1), workspace, agent, model, allow,
    definition, run_id, budget, change_mode FROM sessions WHERE id = v_old.session_id;
  IF NOT FOUND THEN RAISE EXCEPTION 'the session of % is gone', p_id; END IF;
  INSERT INTO subagents (id, parent_session, turn, session_id, parent_run, parent_node, parent_subagent, label, agent, model,
    depth, metadata, on_parent_end, attempt, retry_of)
  SELECT p_new, v_old.parent_session, v_old.turn, p_session, CASE WHEN l.lives THEN v_old.parent_run END,
    CASE WHEN l.lives THEN v_old.parent_node END, CASE WHEN l.lives THEN v_old.parent_subagent END, v_old.label, v_old.agent,
    v_old.model, v_old.depth, v_old.metadata, CASE WHEN l.lives THEN v_old.on_parent_end ELSE 'leave' END, v_old.attempt + 1, p_id
  FROM (SELECT NOT parent_has_ended(v_old) AS lives) AS l
  RETURNING * INTO v_row;
  PERFORM accept_message('subagent/' || p_new || '/prompt', p_session, regexp_replace(v_prompt, E'\n\n\\[This is attempt [^]]*\\]$', '') || v_words, 'enqueue', NULL);
  PERFORM tell_subagent(v_row);
  RETURN 'retried';
END $$;

CREATE FUNCTION start_subagent(p_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  UPDATE subagents SET status = 'running', started_at = clock_timestamp()
    WHERE id = p_id AND status = 'queued' RETURNING * INTO v_row;
  IF FOUND THEN PERFORM tell_subagent(v_row); END IF;
END $$;

-- Ends a subagent; the first end is kept. p_message goes to the parent in the same transaction, unless the parent's
-- work has ended.
-- status: 'more' if the subagent has unread messages and would end of its own accord: it reads them first.
-- starts: the turn of the parent's session that the caller is to start, with the labels of that session.
CREATE FUNCTION settle_subagent(p_id text, p_status text, p_code text, p_reason text, p_result text, p_message text)
RETURNS TABLE (status text, starts jsonb) LANGUAGE plpgsql AS $$
DECLARE v_row subagents := lock_subagent(p_id); v_unread text; v_turn integer;
BEGIN
  IF v_row.ended_at IS NULL THEN
    FOR v_unread IN SELECT m.id FROM messages m WHERE m.session_id = v_row.session_id AND m.status = 'accepted' LOOP
      IF p_status IN ('completed', 'failed') THEN RETURN QUERY SELECT 'more', NULL::jsonb; RETURN; END IF;
      PERFORM withdraw_message(v_unread, v_row.session_id, 'subagent_ended');
    END LOOP;
    UPDATE subagents a SET status = p_status, code = p_code, reason = p_reason, result = p_result,
      ended_at = clock_timestamp() WHERE a.id = p_id RETURNING * INTO v_row;
    -- A turn that its workflow took and left must not begin later.
    IF v_row.session_id IS NOT NULL THEN PERFORM cancel_turn(v_row.session_id); END IF;
    PERFORM tell_subagent(v_row);
  END IF;
  status := v_row.status;
  IF NOT parent_has_ended(v_row) THEN
    SELECT m.starts INTO v_turn
      FROM accept_message('subagent/' || p_id || '/end', v_row.parent_session, p_message, 'enqueue', NULL) AS m;
    SELECT jsonb_build_object('sessionId', s.id, 'turn', v_turn, 'agent', s.agent, 'model', s.model) INTO starts
      FROM sessions s WHERE s.id = v_row.parent_session AND v_turn IS NOT NULL;
  END IF;
  RETURN NEXT;
END $$;

-- Returns false if the subagent has ended: its answer would not reach the parent.
CREATE FUNCTION send_to_subagent(p_id text, p_message text, p_text text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  IF EXISTS (SELECT FROM messages WHERE id = p_message) THEN RETURN true; END IF;
  IF v_row.ended_at IS NOT NULL OR v_row.session_id IS NULL THEN RETURN false; END IF;
  PERFORM accept_message(p_message, v_row.session_id, p_text, 'enqueue', NULL);
  RETURN true;
END $$;

-- Asks a subagent to stop. Returns false if it has ended.
CREATE FUNCTION cancel_subagent(p_id text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  IF v_row.ended_at IS NOT NULL THEN RETURN false; END IF;
  IF v_row.cancel_asked_at IS NULL THEN
    UPDATE subagents SET cancel_asked_at = clock_timestamp() WHERE id = p_id RETURNING * INTO v_row;
    PERFORM tell_subagent(v_row);
  END IF;
  RETURN true;
END $$;
