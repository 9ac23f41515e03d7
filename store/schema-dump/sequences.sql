-- Those of identity columns as well: the column says ALWAYS or BY DEFAULT, this says how it counts.
SELECT concat_ws(' ', 'CREATE', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END, 'SEQUENCE', quote_ident(c.relname),
  'AS', s.seqtypid::regtype, 'INCREMENT', s.seqincrement, 'MINVALUE', s.seqmin, 'MAXVALUE', s.seqmax, 'START', s.seqstart,
  'CACHE', s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END,
  (SELECT format('OWNED BY %s.%I', a.attrelid::regclass, a.attname) FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i'))) || ';' AS text
FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace
