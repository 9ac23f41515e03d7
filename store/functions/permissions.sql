-- A session and those that it is a background agent of, however far up: what holds for one holds for those below it.
CREATE FUNCTION session_line(p_session text) RETURNS TABLE (id text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT p_session AS id
    UNION SELECT a.parent_session FROM line l JOIN subagents a ON a.session_id = l.id)
  SELECT id FROM line $$;

CREATE FUNCTION permission_rule_json(r permission_rules) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', r.id, 'sessionId', r.session_id, 'workspace', r.workspace, 'rule', r.rule,
    'approval', r.approval, 'createdBy', r.created_by, 'createdAt', iso(r.created_at)) $$;

CREATE FUNCTION read_root_json(r read_roots) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', r.id, 'sessionId', r.session_id, 'path', r.path, 'grantedBy', r.granted_by,
    'grantedAt', iso(r.granted_at)) $$;

-- All that decides about the calls of a session beside files: {allow, rules, roots, late}. `late`: calls that a user has
-- approved after they were denied, and that have not run since.
CREATE FUNCTION permissions_json(s sessions) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('allow', to_jsonb(s.allow),
    'rules', coalesce((SELECT jsonb_agg(permission_rule_json(r) ORDER BY r.created_at, r.id) FROM permission_rules r
      WHERE r.workspace = s.workspace OR r.session_id IN (SELECT id FROM session_line(s.id))), '[]'),
    'roots', coalesce((SELECT jsonb_agg(read_root_json(r) ORDER BY r.granted_at, r.id) FROM read_roots r
      WHERE r.session_id IN (SELECT id FROM session_line(s.id))), '[]'),
    'late', coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'argumentsHash', a.arguments_hash, 'by', a.late_by) ORDER BY a.late_at)
      FROM approvals a WHERE a.session_id = s.id AND a.late_at IS NOT NULL AND a.late_used IS NULL), '[]')) $$;

-- What a session may do unasked from now on, also while a turn runs.
CREATE FUNCTION set_allowed(p_session text, p_allow text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_session sessions;
BEGIN
  UPDATE sessions SET allow = p_allow WHERE id = p_session RETURNING * INTO v_session;
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session));
END $$;
