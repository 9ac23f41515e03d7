-- A run is one execution of a flow or a script.

-- Idempotent: the first end is kept. Returns the stored status.
CREATE FUNCTION settle_run(p_run text, p_status text, p_code text, p_reason text, p_output json) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run); v_run runs; v_ended text[];
BEGIN
  UPDATE runs SET status = p_status, code = p_code, reason = p_reason, output = p_output, paused = false,
    ended_at = clock_timestamp() WHERE id = p_run AND status = 'running' RETURNING * INTO v_run;
  IF NOT FOUND THEN RETURN (SELECT status FROM runs WHERE id = p_run); END IF;
  UPDATE questions SET status = 'closed' WHERE run_id = p_run AND status = 'pending';
  WITH ended AS (
    UPDATE nodes SET status = 'cancelled', ended_at = clock_timestamp()
    WHERE run_id = p_run AND ended_at IS NULL AND (p_status <> 'completed' OR index IS NULL) RETURNING key)
  SELECT array_agg(key) INTO v_ended FROM ended;
  -- Turns that their workflows took and left must not begin later.
  UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp()) FROM sessions s
    WHERE s.run_id = p_run AND s.result_turn IS NULL AND t.session_id = s.id AND t.status = 'running'
      AND (s.node = ANY (v_ended) OR s.node IS NOT NULL AND NOT EXISTS (SELECT FROM nodes WHERE key = s.node));
  PERFORM append_event(v_stream, 'run.settled', jsonb_build_object('status', p_status, 'code', p_code, 'reason', p_reason,
    'endedAt', iso(v_run.ended_at)));
  RETURN p_status;
END $$;

-- Idempotent: each warning is kept once.
CREATE FUNCTION warn_run(p_run text, p_warning text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET warnings = warnings || p_warning WHERE id = p_run AND NOT p_warning = ANY (warnings) AND cardinality(warnings) < 100;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM append_event(v_stream, 'run.warned', jsonb_build_object('warning', p_warning));
END $$;

-- Returns false if the run has ended or already is as asked.
CREATE FUNCTION pause_run(p_run text, p_paused boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET paused = p_paused WHERE id = p_run AND status = 'running' AND paused <> p_paused;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'run.paused', jsonb_build_object('paused', p_paused));
  RETURN true;
END $$;

-- Deletes runs with all that belongs to them, their sessions excepted.
CREATE FUNCTION delete_runs(p_runs text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_streams text[] := ARRAY(SELECT 'run/' || run FROM unnest(p_runs) AS run);
BEGIN
  PERFORM 1 FROM streams WHERE id = ANY (v_streams) ORDER BY id FOR UPDATE;
  DELETE FROM runs WHERE id = ANY (p_runs);
  DELETE FROM streams WHERE id = ANY (v_streams);
END $$;
