-- Of a command whose worker does not live, the status is 'lost', whether or not anyone has written that down.
CREATE FUNCTION command_json(c commands) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', c.id, 'sessionId', c.session_id, 'argv', c.argv, 'description', c.description,
    'status', CASE WHEN c.status = 'running' AND NOT EXISTS (SELECT FROM workers w
        WHERE w.id = c.worker_id AND w.pid <> 0 AND w.heartbeat_at > now() - interval '15 s') THEN 'lost' ELSE c.status END,
    'exitCode', c.exit_code, 'signal', c.signal, 'output', c.output, 'outputFrom', c.output_from,
    'startedAt', iso(c.started_at), 'endedAt', iso(c.ended_at)) $$;

-- Keeps the newest p_max characters.
CREATE FUNCTION append_command_output(p_id text, p_text text, p_skipped bigint, p_max integer) RETURNS void LANGUAGE sql AS $$
  UPDATE commands SET output = right(CASE WHEN p_skipped > 0 THEN '' ELSE output END || p_text, p_max),
    output_from = output_from + CASE WHEN p_skipped > 0 THEN length(output) + p_skipped ELSE 0 END
      + greatest(0, length(CASE WHEN p_skipped > 0 THEN '' ELSE output END || p_text) - p_max)
    WHERE id = p_id $$;

-- What the keeper of running commands has to do: [{id, isOver, isStopping, inputs}]. A command that is not there any
-- more, or whose session has ended, is over.
CREATE FUNCTION command_orders(p_ids text[]) RETURNS TABLE (id text, is_over boolean, is_stopping boolean, inputs jsonb)
LANGUAGE sql AS $$
  WITH taken AS (
    UPDATE command_inputs SET taken_at = now() WHERE command_id = ANY (p_ids) AND taken_at IS NULL RETURNING command_id, n, text, closes)
  SELECT wanted.id,
    c.id IS NULL OR s.archived_at IS NOT NULL
      OR EXISTS (SELECT FROM nodes n WHERE n.key = s.node AND n.ended_at IS NOT NULL)
      OR EXISTS (SELECT FROM subagents a WHERE a.session_id = s.id AND a.ended_at IS NOT NULL),
    coalesce(c.stop_asked, true),
    coalesce((SELECT jsonb_agg(jsonb_build_object('text', t.text, 'closes', t.closes) ORDER BY t.n) FROM taken t WHERE t.command_id = wanted.id), '[]')
  FROM unnest(p_ids) AS wanted (id) LEFT JOIN commands c ON c.id = wanted.id LEFT JOIN sessions s ON s.id = c.session_id $$;
