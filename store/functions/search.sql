-- Full-text search over settled turns: their words are kept from the moment they settle.

-- What of a turn can be found: what was said, and how results of tools begin. Cut, so that no turn is too much for Postgres.
CREATE FUNCTION turn_text(p_session text, p_turn integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT left(coalesce(string_agg(left(concat_ws(E'\n', body ->> 'name', body ->> 'text'), CASE kind WHEN 'tool_result' THEN 2000 ELSE 20000 END), E'\n'
    ORDER BY seq), ''), 60000)
  FROM chunks WHERE session_id = p_session AND turn = p_turn AND kind IN ('text', 'image', 'file', 'tool_result') $$;

CREATE FUNCTION index_turn(p_session text, p_turn integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO turn_words (session_id, turn, words)
  VALUES (p_session, p_turn, to_tsvector('english', turn_text(p_session, p_turn)))
  ON CONFLICT (session_id, turn) DO UPDATE SET words = excluded.words $$;

-- As a user types it: words, "phrases", or, -not. The last word may be unfinished. Null where nothing is left to find.
CREATE FUNCTION search_query(p_text text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN q = '' THEN NULL WHEN right(q, 1) = '''' AND p_text ~ '[[:alnum:]]$' THEN (q || ':*')::tsquery ELSE q::tsquery END
  FROM (SELECT websearch_to_tsquery('english', p_text)::text AS q) AS asked $$;
