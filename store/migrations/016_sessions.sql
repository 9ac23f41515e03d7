ALTER TABLE sessions ADD COLUMN archived_at timestamptz;

-- Sums are kept in session_usage.
DROP INDEX chunks_usage;

-- The list of sessions is read in the order of this index.
DROP INDEX sessions_recent_alone;
CREATE INDEX sessions_listed ON sessions (updated_at DESC, id DESC) WHERE run_id IS NULL AND archived_at IS NULL;
CREATE INDEX sessions_archived ON sessions (updated_at DESC, id DESC) WHERE archived_at IS NOT NULL;

-- The words of each settled turn, for the full-text search.
CREATE TABLE turn_words (
  place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  turn integer NOT NULL,
  words tsvector NOT NULL,
  UNIQUE (session_id, turn)
);
CREATE INDEX turn_words_words ON turn_words USING gin (words);

INSERT INTO turn_words (session_id, turn, words)
SELECT t.session_id, t.turn, to_tsvector('english', left(coalesce((
  SELECT string_agg(left(c.body ->> 'text', CASE c.kind WHEN 'tool_result' THEN 2000 ELSE 20000 END), E'\n' ORDER BY c.seq)
  FROM chunks c WHERE c.session_id = t.session_id AND c.turn = t.turn AND c.kind IN ('text', 'tool_result')), ''), 60000))
FROM turns t WHERE t.status <> 'running' ORDER BY t.started_at;
