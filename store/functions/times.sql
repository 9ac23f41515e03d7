-- Timestamps in JSON: ISO 8601 in UTC, to the millisecond.
CREATE FUNCTION iso(p timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT to_char(p AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
