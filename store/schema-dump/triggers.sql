-- What Postgres does by itself when rows are read or written: triggers, rules, policies.
-- Foreign keys are enforced by internal triggers, which are named by number and can be switched off.
SELECT concat(CASE WHEN t.tgisinternal THEN format('-- a trigger of %I', k.conname) ELSE pg_get_triggerdef(t.oid) || ';' END,
  CASE t.tgenabled WHEN 'D' THEN ' -- disabled' WHEN 'R' THEN ' -- for replicas' WHEN 'A' THEN ' -- always' END) AS text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
WHERE c.relnamespace = 'public'::regnamespace AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
UNION ALL
SELECT concat(pg_get_ruledef(r.oid),
  CASE r.ev_enabled WHEN 'D' THEN ' -- disabled' WHEN 'R' THEN ' -- for replicas' WHEN 'A' THEN ' -- always' END)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = 'public'::regnamespace AND r.rulename <> '_RETURN'
UNION ALL
SELECT concat(format('CREATE POLICY %I ON %I AS %s FOR %s TO %s', policyname, tablename, permissive, cmd,
  array_to_string(roles, ', ')), ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')', ';')
FROM pg_policies WHERE schemaname = 'public'
