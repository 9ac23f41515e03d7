-- Before ec28125 the migration did not add parent_session. Columns keep the order of a new database: watched_at, which
-- only says when someone last looked, is made again behind it.
ALTER TABLE runs DROP COLUMN watched_at;
ALTER TABLE runs ADD COLUMN parent_session text, ADD COLUMN watched_at timestamptz;
CREATE INDEX runs_running ON runs (watched_at) WHERE status = 'running';
