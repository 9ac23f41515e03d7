SELECT concat('CREATE ', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' END, format('VIEW %I', c.relname),
  ' WITH (' || array_to_string(c.reloptions, ', ') || ')', E' AS\n', pg_get_viewdef(c.oid)) AS text
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
