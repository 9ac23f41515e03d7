-- A session's mailbox: its accepted messages. Who reads which of them when is decided here, under the lock of the
-- session's stream, so two turns of one session never run at once.

-- Whether a workflow of its own runs the turns of a session: that of the step, call or background agent it belongs to.
-- No one else assigns or starts turns there until that has ended, or has its result. A step creates its session before
-- its node.
CREATE FUNCTION is_held(s sessions) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN s.node IS NOT NULL AND s.result_turn IS NULL AND coalesce(
      (SELECT ended_at IS NULL FROM nodes WHERE key = s.node),
      EXISTS (SELECT FROM runs WHERE id = s.run_id AND ended_at IS NULL))
    OR EXISTS (SELECT FROM subagents WHERE session_id = s.id AND ended_at IS NULL);
END $$;

-- Gives the next turn number to the message whose turn it is, unless a turn runs: the newest message that interrupts, otherwise
-- the oldest. It and what is attached to it become the chunks of step 0. Returns the turn, or null. The caller holds the stream's lock.
CREATE FUNCTION assign_turn(p_session text, p_stream text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v_message messages; v_turn integer; v_started timestamptz; v_seqs record; v_bodies jsonb := '[]';
BEGIN
  IF EXISTS (SELECT FROM turns WHERE session_id = p_session AND status = 'running') THEN RETURN NULL; END IF;
  SELECT * INTO v_message FROM messages WHERE session_id = p_session AND status = 'accepted'
    ORDER BY when_busy = 'interrupt' DESC, CASE WHEN when_busy = 'interrupt' THEN -place ELSE place END LIMIT 1;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(max(turn), 0) + 1 INTO v_turn FROM turns WHERE session_id = p_session;
  INSERT INTO turns (session_id, turn, message_id) VALUES (p_session, v_turn, v_message.id)
    RETURNING started_at INTO v_started;
  UPDATE messages SET status = 'delivered', turn = v_turn WHERE id = v_message.id;
  -- With an attachment there need be no text.
  IF v_message.text <> '' OR v_message.attachments = '[]' THEN
    v_bodies := jsonb_build_array(CASE WHEN v_message.kind = 'text'
      THEN jsonb_build_object('kind', 'text', 'role', 'user', 'text', v_message.text)
      ELSE jsonb_build_object('kind', 'system', 'label', 'notice', 'text', v_message.text) END);
  END IF;
  IF v_message.attachments <> '[]' THEN v_bodies := v_bodies || attached_bodies(v_message.attachments); END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, p_stream, v_turn, 0, (
    SELECT jsonb_agg(jsonb_build_object('ordinal', n - 1, 'body', value) ORDER BY n)
    FROM jsonb_array_elements(v_bodies) WITH ORDINALITY AS body (value, n)));
  PERFORM append_event(p_stream, 'turn.started', jsonb_build_object('turn', v_turn, 'messageId', v_message.id,
    'startedAt', iso(v_started), 'chunks', '[]'::jsonb), v_seqs.from_seq, v_seqs.to_seq, NULL);
  RETURN v_turn;
END $$;

-- The turn that was assigned when p_turn ended, for its workflow to start; null if there is none or another starts it.
CREATE FUNCTION turn_after(p_session text, p_turn integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT t.turn FROM turns t JOIN sessions s ON s.id = t.session_id
  WHERE t.session_id = p_session AND t.status = 'running' AND t.turn > p_turn AND NOT is_held(s) $$;

-- Commits a message and decides about it. Idempotent by the message's id.
-- p_limit: messages that may wait; null: any number.
-- p_kind: see messages.kind.
-- p_attachments: [{id, name}].
-- outcome: 'accepted'; 'busy', 'full' and 'unattached' (an attachment is not there), with nothing written; or 'mismatch':
-- another message has this id.
-- turn: the turn that reads the message; null while it waits.
-- starts: the turn that the caller is to start, with agent and model as its labels; null if there is none. It may have
-- been started before.
-- cancels: the turn that the message interrupts.
CREATE FUNCTION accept_message(p_id text, p_session text, p_text text, p_when_busy text, p_limit integer, p_kind text DEFAULT 'text',
  p_attachments jsonb DEFAULT '[]')
RETURNS TABLE (outcome text, turn integer, starts integer, agent text, model text, cancels integer) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_stream text := lock_session(p_session); v_session sessions; v_message messages; v_running integer; v_waiting integer;
BEGIN
  SELECT * INTO v_session FROM sessions WHERE id = p_session;
  agent := v_session.agent; model := v_session.model;
  SELECT t.turn INTO v_running FROM turns t WHERE t.session_id = p_session AND t.status = 'running';
  SELECT * INTO v_message FROM messages WHERE id = p_id;
  IF FOUND THEN
    outcome := CASE WHEN v_message.session_id = p_session AND v_message.text = p_text
      AND v_message.attachments = p_attachments THEN 'accepted' ELSE 'mismatch' END;
    turn := v_message.turn;
    starts := CASE WHEN outcome = 'accepted' AND turn = v_running AND NOT is_held(v_session) THEN turn END;
    RETURN NEXT; RETURN;
  END IF;
  SELECT count(*) INTO v_waiting FROM messages m WHERE m.session_id = p_session AND m.status = 'accepted';
  outcome := CASE
    WHEN p_when_busy = 'reject' AND (v_running IS NOT NULL OR v_waiting > 0) THEN 'busy'
    WHEN v_waiting >= p_limit THEN 'full'
    ELSE 'accepted' END;
  IF outcome <> 'accepted' THEN RETURN NEXT; RETURN; END IF;
  IF p_attachments <> '[]' THEN
    -- Locked, so that none is removed before this is committed.
    PERFORM 1 FROM attachments WHERE id IN (SELECT value ->> 'id' FROM jsonb_array_elements(p_attachments))
      ORDER BY id FOR KEY SHARE;
    IF jsonb_array_length(attached_bodies(p_attachments)) < jsonb_array_length(p_attachments) THEN
      outcome := 'unattached'; RETURN NEXT; RETURN;
    END IF;
    PERFORM need_attachments(p_session, ARRAY(SELECT value ->> 'id' FROM jsonb_array_elements(p_attachments)));
  END IF;
  INSERT INTO messages (id, session_id, text, when_busy, kind, attachments)
    VALUES (p_id, p_session, p_text, p_when_busy, p_kind, p_attachments);
  UPDATE sessions SET updated_at = now(), archived_at = NULL,
    title = CASE WHEN title = '' AND p_kind = 'text'
      THEN left(split_part(btrim(coalesce(nullif(p_text, ''), p_attachments #>> '{0,name}', ''), E' \n\t'), E'\n', 1), 80)
      ELSE title END WHERE id = p_session;
  PERFORM append_event(v_stream, 'message.accepted',
    jsonb_build_object('messageId', p_id, 'text', p_text, 'whenBusy', p_when_busy)
      || CASE WHEN p_attachments = '[]' THEN '{}' ELSE jsonb_build_object('attachments', p_attachments) END);
  IF NOT is_held(v_session) THEN starts := assign_turn(p_session, v_stream); END IF;
  IF p_when_busy = 'interrupt' AND v_running IS NOT NULL THEN
    UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp())
      WHERE t.session_id = p_session AND t.turn = v_running;
    cancels := v_running;
  END IF;
  SELECT m.turn INTO turn FROM messages m WHERE m.id = p_id;
  RETURN NEXT;
END $$;

-- Gives the turn that the workflow which holds the session is to run: the one that runs, otherwise the next; null when no
-- message waits. p_release: then the last turn has the result, and the session is no longer held.
-- p_workflow: the workflow that runs the turn itself; null: one of the turn's own does.
CREATE FUNCTION take_turn(p_session text, p_release boolean, p_workflow text) RETURNS integer LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_stream text := lock_session(p_session); v_turn integer;
BEGIN
  IF (SELECT result_turn FROM sessions WHERE id = p_session) IS NOT NULL THEN RETURN NULL; END IF;
  SELECT turn INTO v_turn FROM turns WHERE session_id = p_session AND status = 'running';
  v_turn := coalesce(v_turn, assign_turn(p_session, v_stream));
  UPDATE turns SET workflow = p_workflow WHERE session_id = p_session AND turn = v_turn AND workflow IS DISTINCT FROM p_workflow;
  IF v_turn IS NULL AND p_release THEN
    UPDATE sessions SET result_turn = (SELECT coalesce(max(turn), 0) FROM turns WHERE session_id = p_session) WHERE id = p_session;
  END IF;
  RETURN v_turn;
END $$;

-- Assigns a turn in a session where messages wait and nothing runs, because what held it has ended. Null: nothing to do,
-- or the session was deleted.
CREATE FUNCTION assign_stray(p_session text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND OR (SELECT is_held(s) FROM sessions s WHERE id = p_session) THEN RETURN NULL; END IF;
  RETURN assign_turn(p_session, v_stream);
END $$;

-- Returns false, and changes nothing, if the message was already delivered or withdrawn.
CREATE FUNCTION withdraw_message(p_id text, p_session text, p_code text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  UPDATE messages SET status = 'withdrawn' WHERE id = p_id AND status = 'accepted';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'message.withdrawn', jsonb_build_object('messageId', p_id, 'code', p_code));
  RETURN true;
END $$;
