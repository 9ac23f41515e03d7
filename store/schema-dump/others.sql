-- Everything that is not in another part and did not come with initdb (whose oids are below 16384). Kinds that we do not
-- expect are only named: to use one, add its definition here.
SELECT '-- ' || text AS text FROM (
  SELECT pg_get_statisticsobjdef(oid) || coalesce(' /* statistics ' || stxstattarget || ' */', '')
  FROM pg_statistic_ext WHERE stxnamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('extension %I %s in %s', extname, extversion, extnamespace::regnamespace) FROM pg_extension
  UNION ALL
  SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d
  WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'public'::regnamespace
    AND d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_extension'::regclass,
      'pg_statistic_ext'::regclass)
  UNION ALL
  SELECT pg_describe_object(class, oid, 0) FROM (
    SELECT 'pg_namespace'::regclass AS class, oid FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
    UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
    UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
    UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
    UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
    UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform
    UNION ALL SELECT 'pg_default_acl'::regclass, oid FROM pg_default_acl
  ) AS database_wide WHERE oid >= 16384
) AS objects (text)
