-- Writes ephemeral events of many attempts in one transaction.
-- p_items: [{key, session, fence, batch, type, data}]. batch counts the events of an attempt from 1.
-- Returns an outcome for each item, in their order:
--   written: the event is stored, now or by an earlier call with the same batch.
--   lost:    the operation has no open attempt with this fence, or its session was deleted. Nothing is written.
--   busy:    another transaction holds the stream. Nothing is written; pass the same item again.
-- Rows of streams are locked in the order of their ids and never waited for: a group that waited for one stream while
-- it holds the others could deadlock with functions that lock a parent's stream before its child's, and a slow seal
-- would hold up every attempt in the group.
-- Durable like any commit (decision 8).
CREATE FUNCTION append_deltas(p_items jsonb) RETURNS text[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE v_locked text[]; v_outcomes text[];
BEGIN
  SELECT array_agg(id) INTO v_locked FROM (
    SELECT id FROM streams
    WHERE id IN (SELECT 'session/' || (item ->> 'session') FROM jsonb_array_elements(p_items) AS item)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS locked;
  -- A statement of its own: its snapshot is younger than the locks.
  WITH judged AS MATERIALIZED (
    SELECT i.n, i.key, s.id AS stream, i.batch, i.type, i.data,
      CASE WHEN s.id IS NULL THEN 'lost'
           WHEN s.id <> ALL (coalesce(v_locked, '{}')) THEN 'busy'
           WHEN o.key IS NULL THEN 'lost'
           WHEN e.batch IS NOT NULL THEN 'written'
           ELSE 'new' END AS outcome
    FROM ROWS FROM (jsonb_to_recordset(p_items)
      AS (key text, session text, fence integer, batch integer, type text, data jsonb))
      WITH ORDINALITY AS i (key, session, fence, batch, type, data, n)
    LEFT JOIN streams s ON s.id = 'session/' || i.session
    LEFT JOIN operations o ON o.key = i.key AND o.state = 'open' AND o.fence = i.fence
    LEFT JOIN events e ON e.operation = i.key AND e.batch = i.batch
  ), fresh AS (
    SELECT *, row_number() OVER (PARTITION BY stream ORDER BY n) AS place FROM judged WHERE outcome = 'new'
  ), moved AS (
    UPDATE streams SET position = position + grown.count
    FROM (SELECT stream, count(*) FROM fresh GROUP BY stream) AS grown
    WHERE id = grown.stream RETURNING id, position - grown.count AS before
  ), appended AS (
    INSERT INTO events (stream, position, type, data, operation, batch)
    SELECT f.stream, m.before + f.place, f.type, f.data, f.key, f.batch FROM fresh f JOIN moved m ON m.id = f.stream
  )
  SELECT array_agg(CASE outcome WHEN 'new' THEN 'written' ELSE outcome END ORDER BY n) INTO v_outcomes FROM judged;
  RETURN v_outcomes;
END $$;
