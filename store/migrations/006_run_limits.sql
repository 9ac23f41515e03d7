-- How many agents of scripts run at once, over all runs; who waits gets a place in the order of asking.

ALTER TABLE nodes
  ADD COLUMN queued_at timestamptz,
  ADD COLUMN admitted_at timestamptz,
  -- When its workflow was last told that it has a place.
  ADD COLUMN told_at timestamptz;
CREATE INDEX nodes_admitted ON nodes (admitted_at) WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
CREATE INDEX nodes_queued ON nodes (queued_at) WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL;

CREATE INDEX sessions_of_node ON sessions (node) WHERE node IS NOT NULL;

ALTER TABLE runs
  -- The session whose agent started it, and is told of its end.
  ADD COLUMN parent_session text,
  -- When somebody last saw that its workflow goes on.
  ADD COLUMN watched_at timestamptz;
CREATE INDEX runs_running ON runs (watched_at) WHERE status = 'running';

-- Gives a place, now or later. True: it has one.
CREATE FUNCTION enter_agent(p_key text, p_cap integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_admitted timestamptz; v_taken integer;
BEGIN
  PERFORM pg_advisory_xact_lock(7261002);
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

-- Gives the places that are free to those who wait, the oldest first. Gives who is to be told: the new ones, and those
-- that were told a while ago and have not begun.
CREATE FUNCTION admit_agents(p_cap integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_free integer;
BEGIN
  PERFORM pg_advisory_xact_lock(7261002);
  SELECT p_cap - count(*) INTO v_free FROM nodes WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
  UPDATE nodes SET admitted_at = clock_timestamp() WHERE key IN (
    SELECT key FROM nodes WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL
    ORDER BY queued_at LIMIT greatest(v_free, 0));
  RETURN QUERY UPDATE nodes SET told_at = clock_timestamp()
    WHERE admitted_at IS NOT NULL AND ended_at IS NULL AND queued_at IS NOT NULL AND session_id IS NULL
      AND (told_at IS NULL OR told_at < clock_timestamp() - interval '5 s')
    RETURNING key;
END $$;
