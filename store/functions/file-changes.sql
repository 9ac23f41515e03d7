-- Changes of files. A row that is asked for by an approval follows it: its own state changes when the call runs.

CREATE FUNCTION file_change_state(c file_changes) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN c.state = 'pending' AND c.approval_id IS NOT NULL THEN coalesce((
      SELECT CASE WHEN a.status = 'closed' THEN 'withdrawn' WHEN a.decision = 'deny' THEN 'rejected' ELSE 'pending' END
      FROM approvals a WHERE a.id = c.approval_id), 'withdrawn')
    ELSE c.state END $$;

CREATE FUNCTION file_change_json(c file_changes) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', c.id, 'sessionId', c.session_id, 'number', c.number, 'turn', c.turn, 'step', c.step,
    'call', c.call, 'agent', c.agent, 'tool', c.tool, 'kind', c.kind, 'path', c.path, 'from', c.from_path,
    'baseHash', c.base_hash, 'afterHash', c.after_hash, 'diff', c.diff, 'added', c.added, 'removed', c.removed,
    'hunks', c.hunks, 'chosen', to_jsonb(c.chosen), 'notes', to_jsonb(c.notes), 'state', file_change_state(c), 'reason', c.reason,
    'approvalId', c.approval_id, 'decidedBy', coalesce(c.decided_by, (SELECT a.answered_by FROM approvals a WHERE a.id = c.approval_id)),
    'createdAt', iso(c.created_at),
    'decidedAt', iso(coalesce(c.decided_at, (SELECT a.answered_at FROM approvals a WHERE a.id = c.approval_id)))) $$;

-- Adds changes to the queue of a session: [{id, turn, step, call, tool, kind, path, from, baseHash, diskHash, afterHash, mode,
-- diff, added, removed, hunks, notes, approvalId}]. Those that are there stay as they are. The caller holds the stream's lock.
CREATE FUNCTION add_file_changes(p_session text, p_state text, p_set text, p_changes jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO file_changes (id, session_id, number, turn, step, call, agent, tool, kind, path, from_path, base_hash, disk_hash,
    after_hash, mode, diff, added, removed, hunks, notes, state, approval_id, set_key)
  SELECT c ->> 'id', p_session,
    (SELECT coalesce(max(number), 0) FROM file_changes WHERE session_id = p_session) + row_number() OVER (ORDER BY n),
    (c ->> 'turn')::integer, (c ->> 'step')::integer, (c ->> 'call')::integer,
    (SELECT agent FROM sessions WHERE id = p_session), c ->> 'tool', c ->> 'kind', c ->> 'path', c ->> 'from',
    c ->> 'baseHash', c ->> 'diskHash', c ->> 'afterHash', (c ->> 'mode')::integer, c ->> 'diff', (c ->> 'added')::integer,
    (c ->> 'removed')::integer, (c ->> 'hunks')::integer, ARRAY(SELECT jsonb_array_elements_text(c -> 'notes')), p_state,
    c ->> 'approvalId', p_set
  FROM jsonb_array_elements(p_changes) WITH ORDINALITY AS t (c, n)
  WHERE NOT EXISTS (SELECT FROM file_changes WHERE id = c ->> 'id')
$$;

-- Notifies viewers of the state of changes.
CREATE FUNCTION tell_file_changes(p_stream text, p_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_changes jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'kind', c.kind, 'path', c.path,
    'state', file_change_state(c)) ORDER BY c.number) INTO v_changes FROM file_changes c WHERE c.id = ANY(p_ids);
  IF v_changes IS NULL THEN RETURN; END IF;
  PERFORM append_event(p_stream, 'change.changed', jsonb_build_object('changes', v_changes));
END $$;

CREATE FUNCTION ids_of(p_changes jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY(SELECT c ->> 'id' FROM jsonb_array_elements(p_changes) AS c) $$;

-- Puts changes into the queue without applying them. The same key again changes nothing.
CREATE FUNCTION stage_file_changes(p_key text, p_session text, p_words text, p_changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, words, ended_at)
  VALUES (p_key, p_session, 'stage', 'done', ids_of(p_changes), p_words, clock_timestamp()) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_changes);
  PERFORM tell_file_changes(v_stream, ids_of(p_changes));
END $$;

-- Writes the journal of a set, before any file is touched. p_changes are added first, as far as they are not there; p_ids
-- are all changes of the set. Returns false where one of them is not to be had: someone else decided about it.
CREATE FUNCTION begin_file_changes(p_key text, p_session text, p_kind text, p_words text, p_steps jsonb, p_changes jsonb, p_ids text[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_count integer;
BEGIN
  PERFORM FROM file_change_sets WHERE key = p_key AND state <> 'asked';
  IF FOUND THEN RETURN true; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_changes);
  SELECT count(*) INTO v_count FROM file_changes WHERE id = ANY(p_ids)
    AND CASE p_kind WHEN 'undo' THEN state = 'applied' ELSE state IN ('pending', 'conflict', 'failed', 'undone') END;
  IF v_count <> cardinality(p_ids) THEN RETURN false; END IF;
  UPDATE file_changes SET state = 'applying', set_key = p_key, reason = NULL WHERE id = ANY(p_ids);
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, steps, words)
  VALUES (p_key, p_session, p_kind, 'applying', p_ids, p_steps, p_words)
  ON CONFLICT (key) DO UPDATE SET state = 'applying', changes = p_ids, steps = p_steps;
  PERFORM tell_file_changes(v_stream, p_ids);
  RETURN true;
END $$;

-- Ends a set: p_changes [{id, state, reason, steps, by}] give the states of its changes. The first end is kept.
-- p_add: changes that a refused call of a tool leaves a record of.
CREATE FUNCTION end_file_changes(p_key text, p_session text, p_kind text, p_state text, p_words text, p_reason text, p_add jsonb,
  p_changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  INSERT INTO file_change_sets AS s (key, session_id, kind, state, changes, words, reason, ended_at)
  VALUES (p_key, p_session, p_kind, p_state, ids_of(p_changes), p_words, p_reason, clock_timestamp())
  ON CONFLICT (key) DO UPDATE SET state = p_state, words = coalesce(p_words, s.words), reason = p_reason, ended_at = clock_timestamp()
    WHERE s.state IN ('asked', 'applying');
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_add);
  UPDATE file_changes f SET state = c ->> 'state', reason = c ->> 'reason', set_key = p_key,
    steps = coalesce(nullif(c -> 'steps', 'null'), f.steps), decided_at = clock_timestamp(),
    after_hash = CASE WHEN c ? 'afterHash' THEN c ->> 'afterHash' ELSE f.after_hash END,
    decided_by = coalesce(c ->> 'by', (SELECT asked_by FROM file_change_sets WHERE key = p_key), f.decided_by)
  FROM jsonb_array_elements(p_changes) AS c WHERE f.id = c ->> 'id';
  PERFORM tell_file_changes(v_stream, ids_of(p_changes));
END $$;

-- Rejects staged changes. Returns those that were pending.
CREATE FUNCTION reject_file_changes(p_session text, p_ids text[], p_by text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_ids text[];
BEGIN
  WITH rejected AS (
    UPDATE file_changes SET state = 'rejected', decided_by = p_by, decided_at = clock_timestamp()
    WHERE session_id = p_session AND id = ANY(p_ids) AND (approval_id IS NULL OR state <> 'pending')
      AND state IN ('pending', 'conflict', 'failed')
    RETURNING id)
  SELECT array_agg(id) INTO v_ids FROM rejected;
  PERFORM tell_file_changes(v_stream, v_ids);
  RETURN QUERY SELECT unnest(v_ids);
END $$;

-- Asks for changes to be applied or undone. The same key again changes nothing.
CREATE FUNCTION ask_file_changes(p_key text, p_session text, p_kind text, p_ids text[], p_chosen integer[], p_by text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_session(p_session);
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, asked_by)
  VALUES (p_key, p_session, p_kind, 'asked', p_ids, p_by) ON CONFLICT DO NOTHING;
  IF FOUND AND p_chosen IS NOT NULL THEN UPDATE file_changes SET chosen = p_chosen WHERE id = ANY(p_ids); END IF;
END $$;

-- Changes the mode of a session, also while a turn runs.
CREATE FUNCTION set_change_mode(p_session text, p_mode text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_session sessions;
BEGIN
  UPDATE sessions SET change_mode = p_mode WHERE id = p_session RETURNING * INTO v_session;
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session));
END $$;
