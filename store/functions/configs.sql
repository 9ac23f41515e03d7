-- Writes a change of everturn.yaml down, unless another process has just done so.
CREATE FUNCTION record_config_change(p_fault text, p_changed text[], p_restart text[]) RETURNS SETOF config_changes
LANGUAGE plpgsql AS $$
DECLARE v_row config_changes;
BEGIN
  LOCK TABLE config_changes IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO v_row FROM config_changes ORDER BY id DESC LIMIT 1;
  IF v_row.id IS NULL OR v_row.at < clock_timestamp() - interval '10 s'
    OR (v_row.fault, v_row.changed, v_row.needs_restart) IS DISTINCT FROM (p_fault, p_changed, p_restart) THEN
    INSERT INTO config_changes (fault, changed, needs_restart) VALUES (p_fault, p_changed, p_restart) RETURNING * INTO v_row;
  END IF;
  RETURN NEXT v_row;
END $$;
