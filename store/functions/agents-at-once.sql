-- How many agents work at once, over the whole database. The slots of a kind are handed out one caller at a time, under an
-- advisory lock of that kind and without locking any stream.

-- Until the transaction ends. p_kind: 'subagents', 'agents of scripts' or 'runs of scripts'.
CREATE FUNCTION lock_slots(p_kind text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('slots of ' || p_kind, 0)) $$;

-- Admits queued subagents in the order they were spawned: at most p_each per parent and p_all in total. A subagent that
-- has unfinished subagents of its own counts only towards its parent's limit, so it never keeps them from a slot.
-- Returns the ids it admitted.
CREATE FUNCTION admit_subagents(p_each integer, p_all integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM subagents WHERE ended_at IS NULL AND admitted_at IS NULL) THEN RETURN; END IF;
  PERFORM lock_slots('subagents');
  RETURN QUERY
  WITH busy AS (
    SELECT a.parent_session, count(*) AS n, count(*) FILTER (WHERE NOT EXISTS
      (SELECT FROM subagents c WHERE c.parent_session = a.session_id AND c.ended_at IS NULL)) AS counted
    FROM subagents a WHERE a.admitted_at IS NOT NULL AND a.ended_at IS NULL GROUP BY a.parent_session
  ), waiting AS (
    SELECT a.id, a.place, coalesce(b.n, 0) + row_number() OVER (PARTITION BY a.parent_session ORDER BY a.place) AS nth
    FROM subagents a LEFT JOIN busy b USING (parent_session)
    WHERE a.admitted_at IS NULL AND a.ended_at IS NULL AND a.cancel_asked_at IS NULL
  ), next AS (
    SELECT w.id FROM waiting w WHERE w.nth <= p_each ORDER BY w.place
    LIMIT greatest(0, p_all - (SELECT coalesce(sum(counted), 0) FROM busy))
  )
  UPDATE subagents a SET admitted_at = clock_timestamp() FROM next
  WHERE a.id = next.id AND a.admitted_at IS NULL AND a.ended_at IS NULL AND a.cancel_asked_at IS NULL
  RETURNING a.id;
END $$;

-- Admits an agent of a script if a slot is free and no agent is waiting; otherwise queues it. Returns true if it is
-- admitted.
CREATE FUNCTION enter_agent(p_key text, p_cap integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_admitted timestamptz; v_taken integer;
BEGIN
  PERFORM lock_slots('agents of scripts');
  SELECT admitted_at INTO v_admitted FROM nodes WHERE key = p_key;
  IF v_admitted IS NOT NULL THEN RETURN true; END IF;
  SELECT count(*) INTO v_taken FROM nodes WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
  IF v_taken < p_cap AND NOT EXISTS (
    SELECT FROM nodes WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL AND key <> p_key) THEN
    UPDATE nodes SET admitted_at = clock_timestamp() WHERE key = p_key;
    RETURN true;
  END IF;
  UPDATE nodes SET queued_at = coalesce(queued_at, clock_timestamp()) WHERE key = p_key;
  RETURN false;
END $$;

-- Fills free slots with the agents that have waited longest. Returns the agents whose workflows must be notified: those
-- admitted now, and those that were notified over 5 s ago and have not begun.
CREATE FUNCTION admit_agents(p_cap integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_free integer;
BEGIN
  PERFORM lock_slots('agents of scripts');
  SELECT p_cap - count(*) INTO v_free FROM nodes WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
  UPDATE nodes SET admitted_at = clock_timestamp() WHERE key IN (
    SELECT key FROM nodes WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL
    ORDER BY queued_at LIMIT greatest(v_free, 0));
  RETURN QUERY UPDATE nodes SET told_at = clock_timestamp()
    WHERE admitted_at IS NOT NULL AND ended_at IS NULL AND queued_at IS NOT NULL AND session_id IS NULL
      AND (told_at IS NULL OR told_at < clock_timestamp() - interval '5 s')
    RETURNING key;
END $$;

-- Whether a run of a script takes a slot: it has begun, is not paused, and does not just wait for a user.
CREATE FUNCTION takes_slot(r runs) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NOT NULL AND NOT r.paused
    AND (NOT EXISTS (SELECT FROM questions q WHERE q.run_id = r.id AND q.status = 'pending')
      OR EXISTS (SELECT FROM nodes n WHERE n.run_id = r.id AND n.kind = 'agent' AND n.ended_at IS NULL)) $$;

-- Gives free slots to the runs of scripts that have waited longest. A paused run gets none. One that gave its slot up goes
-- on at once when it is resumed or answered. Returns the runs whose workflows must be started.
CREATE FUNCTION admit_runs(p_cap integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_free integer; v_run text;
BEGIN
  IF NOT EXISTS (SELECT FROM runs r WHERE r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NULL) THEN RETURN; END IF;
  PERFORM lock_slots('runs of scripts');
  SELECT p_cap - count(*) INTO v_free FROM runs r WHERE r.status = 'running' AND takes_slot(r);
  FOR v_run IN
    SELECT r.id FROM runs r
    WHERE r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NULL AND NOT r.paused
    ORDER BY r.created_at, r.id LIMIT greatest(v_free, 0)
  LOOP
    IF admit_run(v_run) THEN RETURN NEXT v_run; END IF;
  END LOOP;
END $$;

-- Returns whether the run begins with this call. One whose workflow runs already is admitted, whatever its slot.
CREATE FUNCTION admit_run(p_run text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET admitted_at = clock_timestamp() WHERE runs.id = p_run AND kind = 'script' AND status = 'running' AND admitted_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'run.admitted', '{}'::jsonb);
  RETURN true;
END $$;
