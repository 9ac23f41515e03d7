-- Who may do what, and who owns it, where someone has been given either.
SELECT format('-- %s: owner %s, privileges %s', pg_describe_object(class, oid, part), owner::regrole, coalesce(acl::text, 'default')) AS text
FROM (
  SELECT 'pg_class'::regclass AS class, oid, 0 AS part, relowner AS owner, relacl AS acl FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'pg_class'::regclass, c.oid, a.attnum, c.relowner, a.attacl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
  UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proowner, proacl FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'pg_type'::regclass, oid, 0, typowner, typacl FROM pg_type WHERE typnamespace = 'public'::regnamespace
) AS objects
WHERE acl IS NOT NULL OR owner <> current_user::regrole
