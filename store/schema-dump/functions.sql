SELECT CASE p.prokind
    WHEN 'a' THEN format('-- aggregate %s: %s', p.oid::regprocedure,
      (SELECT to_jsonb(a) - 'aggfnoid' FROM pg_aggregate a WHERE a.aggfnoid = p.oid))
    ELSE rtrim(pg_get_functiondef(p.oid), E'\n') || ';'
  END AS text
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
