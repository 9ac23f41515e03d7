SELECT CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I AS ENUM (%s);', t.typname,
      (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
    WHEN 'd' THEN concat_ws(' ', format('CREATE DOMAIN %I AS %s', t.typname, format_type(t.typbasetype, t.typtypmod)),
      CASE WHEN t.typcollation <> b.typcollation THEN 'COLLATE ' || t.typcollation::regcollation END,
      'DEFAULT ' || t.typdefault, CASE WHEN t.typnotnull THEN 'NOT NULL' END,
      (SELECT string_agg(format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), ' ' ORDER BY conname)
        FROM pg_constraint WHERE contypid = t.oid AND contype <> 'n')) || ';'
    WHEN 'c' THEN format('CREATE TYPE %I AS (%s);', t.typname,
      (SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attcollation <> e.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END), ', ' ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type e ON e.oid = a.atttypid WHERE a.attrelid = t.typrelid AND NOT a.attisdropped))
    WHEN 'r' THEN (SELECT format('CREATE TYPE %I AS RANGE (%s);', t.typname, concat_ws(', ',
        'subtype = ' || r.rngsubtype::regtype, 'multirange_type_name = ' || r.rngmultitypid::regtype,
        'subtype_opclass = ' || o.opcname, 'collation = ' || nullif(r.rngcollation, 0)::regcollation,
        'canonical = ' || nullif(r.rngcanonical::oid, 0)::regproc, 'subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc))
      FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc WHERE r.rngtypid = t.oid)
    ELSE format('CREATE TYPE %I; -- a base type', t.typname)
  END AS text
FROM pg_type t LEFT JOIN pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_class c ON c.oid = t.typrelid
-- Neither the row types of tables and views, nor the arrays and multiranges that come with other types.
WHERE t.typnamespace = 'public'::regnamespace AND (t.typrelid = 0 OR c.relkind = 'c') AND t.typtype <> 'm'
  AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
