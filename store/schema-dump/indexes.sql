-- Those of constraints as well: the constraint does not tell their storage options.
SELECT concat(pg_get_indexdef(i.indexrelid), ' TABLESPACE ' || s.spcname, ';',
  CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN ' -- invalid' END,
  CASE WHEN i.indisclustered THEN format(E'\nALTER TABLE %s CLUSTER ON %I;', i.indrelid::regclass, c.relname) END,
  CASE WHEN i.indisreplident THEN
    format(E'\nALTER TABLE %s REPLICA IDENTITY USING INDEX %I;', i.indrelid::regclass, c.relname) END,
  (SELECT string_agg(format(E'\nALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s;', c.relname, a.attnum, a.attstattarget), ''
    ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget IS NOT NULL)) AS text
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE c.relnamespace = 'public'::regnamespace
