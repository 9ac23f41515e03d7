-- Events of nodes that were written before scripts (60d9928) lack what only calls have, those before 64983ba the status
-- that the node had before: a viewer that reads such a stream again refused them.
UPDATE events e SET data = e.data || jsonb_build_object(
  'node', '{"label": null, "phase": null, "ordinal": null, "freshBecause": null}'::jsonb || (e.data -> 'node'),
  'was', CASE WHEN e.data ? 'was' THEN e.data -> 'was' ELSE to_jsonb(b.was) END)
FROM (
  SELECT stream, position, lag(data -> 'node' ->> 'status') OVER (PARTITION BY stream, data -> 'node' ->> 'key' ORDER BY position) AS was
  FROM events WHERE type = 'node.changed') AS b
WHERE e.stream = b.stream AND e.position = b.position AND NOT (e.data ? 'was' AND e.data -> 'node' ? 'label');
