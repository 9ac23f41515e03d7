-- Marks of keys: not to be asked before a moment.

-- Milliseconds until a key is asked again after so many failures in a row, where the provider does not say.
CREATE FUNCTION key_pause_ms(p_first bigint, p_max bigint, p_failures integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(p_max, p_first * 2 ^ least(p_failures - 1, 30))::bigint $$;

CREATE FUNCTION mark_json(m key_marks) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('key', m.key, 'model', nullif(m.model, ''), 'fingerprint', m.fingerprint, 'reason', m.reason,
    'code', m.code, 'status', m.status, 'asked', m.asked, 'said', m.said, 'isTold', m.is_told, 'failures', m.failures,
    'since', iso(m.marked_at), 'until', iso(m.until),
    'leftMs', greatest(0, ceil(extract(epoch FROM m.until - clock_timestamp()) * 1000))) $$;

-- Marks a key after a failure, and returns the mark.
-- p_told: milliseconds that the provider asks to wait, or null: then the pause grows with the failures in a row.
-- A reason other than the last one starts the count again.
-- p_elapsed: milliseconds since the failed request began. One that began before the key was marked tells nothing new: many
-- requests that fail at once count as one failure.
CREATE FUNCTION mark_key(p_mark jsonb, p_told bigint, p_first bigint, p_max bigint, p_elapsed bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE v_now timestamptz := clock_timestamp(); v_old key_marks; v_new key_marks; v_pause bigint;
BEGIN
  v_new := jsonb_populate_record(NULL::key_marks, p_mark);
  v_new.marked_at := v_now;
  v_new.is_told := p_told IS NOT NULL;
  v_new.failures := 1;
  v_new.until := v_now;
  INSERT INTO key_marks SELECT (v_new).* ON CONFLICT DO NOTHING;
  IF FOUND THEN
    v_old.failures := 0;
  ELSE
    SELECT * INTO v_old FROM key_marks WHERE key = v_new.key AND model = v_new.model FOR UPDATE;
    IF v_old.key IS NULL OR v_old.fingerprint <> v_new.fingerprint THEN
      v_old.failures := 0;
    ELSIF v_now - make_interval(secs => p_elapsed / 1000.0) < v_old.marked_at THEN
      UPDATE key_marks SET until = greatest(until, v_now + make_interval(secs => p_told / 1000.0)),
        is_told = is_told OR p_told IS NOT NULL
        WHERE key = v_new.key AND model = v_new.model RETURNING * INTO v_new;
      RETURN mark_json(v_new);
    ELSIF v_old.reason <> v_new.reason THEN
      v_old.failures := 0;
    END IF;
  END IF;
  v_new.failures := v_old.failures + 1;
  v_pause := key_pause_ms(p_first, p_max, v_new.failures);
  -- A provider that asks for no wait again and again means none of it.
  IF p_told >= 1000 OR p_told IS NOT NULL AND v_new.failures = 1 THEN v_pause := p_told; END IF;
  v_new.until := v_now + make_interval(secs => v_pause / 1000.0);
  UPDATE key_marks SET fingerprint = v_new.fingerprint, reason = v_new.reason, code = v_new.code, status = v_new.status,
    asked = v_new.asked, said = v_new.said, is_told = v_new.is_told, failures = v_new.failures,
    marked_at = v_new.marked_at, until = v_new.until
    WHERE key = v_new.key AND model = v_new.model RETURNING * INTO v_new;
  RETURN mark_json(v_new);
END $$;
