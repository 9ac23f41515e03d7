SELECT format('COMMENT ON %s IS %L;', pg_describe_object(classoid, objoid, objsubid), description) AS text
FROM pg_description
WHERE objoid >= 16384
