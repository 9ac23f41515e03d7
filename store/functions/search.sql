-- Full-text search over settled turns: their words are kept from the moment they settle.

-- What of a turn can be found: what was said, and how results of tools begin. Cut, so that no turn is too much for Postgres.
CREATE FUNCTION turn_text(p_session text, p_turn integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT left(coalesce(string_agg(left(concat_ws(E'\n', body ->> 'name', body ->> 'text'), CASE kind WHEN 'tool_result' THEN 2000 ELSE 20000 END), E'\n'
    ORDER BY seq), ''), 60000)
  FROM chunks WHERE session_id = p_session AND turn = p_turn AND kind IN ('text', 'image', 'file', 'tool_result') $$;

-- A text as words alone, so that Postgres's parser, which would keep a path, an address or <a tag> as one word or drop it,
-- finds each of them. Scripts that write no blanks between words are split into characters; punctuation beyond ASCII is
-- a letter to a database with the locale C.
CREATE FUNCTION search_words(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN octet_length(plain) = length(plain) THEN plain ELSE
    regexp_replace(regexp_replace(plain,
      '[\u0080-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u2000-\u206F\u20A0-\u20CF\u2190-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u30FB\uE000-\uF8FF\uFE10-\uFE6F\uFF00-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\U0001F000-\U0001FAFF]+', ' ', 'g'),
      '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\u2FDF\u3005-\u3007\u3040-\u30FA\u30FC-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF])', ' \1 ', 'g') END
  FROM (SELECT translate(p_text, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)) AS plain) AS spaced $$;

CREATE FUNCTION index_turn(p_session text, p_turn integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO turn_words (session_id, turn, words)
  VALUES (p_session, p_turn, to_tsvector('english', search_words(turn_text(p_session, p_turn))))
  ON CONFLICT (session_id, turn) DO UPDATE SET words = excluded.words $$;

-- The last word may be unfinished. Null where nothing is left to find.
CREATE FUNCTION search_query_of(p_words text, p_text text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN q = '' THEN NULL WHEN right(q, 1) = '''' AND p_text ~ '[[:alnum:]]$' THEN (q || ':*')::tsquery ELSE q::tsquery END
  FROM (SELECT websearch_to_tsquery('english', p_words)::text AS q) AS asked $$;

-- As a user types it: words, "phrases", or, -not. What search_words takes apart is a phrase. Turns of earlier releases were
-- not taken apart: they are found by the words as typed, except where some are excluded.
CREATE FUNCTION search_query(p_text text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
  WITH parts AS (
    SELECT coalesce(part[1], '') AS minus, part[2] AS typed, btrim(regexp_replace(search_words(part[2]), '\s+', ' ', 'g')) AS words, n
    FROM regexp_matches(p_text, '(-(?=[^\s-]))?("[^"]*"?|[^\s"]+)', 'g') WITH ORDINALITY AS m (part, n)),
  asked AS (
    SELECT search_query_of(string_agg(CASE WHEN words = typed THEN minus || words ELSE minus || '"' || words || '"' END, ' ' ORDER BY n)
        FILTER (WHERE words <> ''), p_text) AS apart, search_query_of(p_text, p_text) AS typed FROM parts)
  SELECT CASE WHEN apart = typed OR typed IS NULL OR typed::text LIKE '%!%' THEN apart WHEN apart IS NULL THEN typed ELSE apart || typed END
  FROM asked $$;

-- Sessions with a turn that fits, each with the best of its newest p_ranked ones, from the newest turns to the oldest, until
-- p_enough sessions are found. Each step looks at up to eight times as many turns as the one before, and at fewer if that one took long. The last row is null if p_patience
-- passed before. A query over all turns at
-- once would have to choose between the index on words, which gives the rows of a common word in no order, and the order of
-- turns, in which a rare phrase is far away.
CREATE FUNCTION search_turns(p_query tsquery, p_archived boolean, p_enough integer, p_ranked integer, p_patience interval)
RETURNS TABLE (session_id text, turn integer, rank real) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_top bigint := (SELECT max(place) FROM turn_words);
  v_bottom bigint := (SELECT min(place) FROM turn_words);
  v_size bigint := 2048;
  v_new integer;
  v_found integer := 0;
  v_begun timestamptz;
  v_ms double precision;
BEGIN
  WHILE v_top >= v_bottom AND v_found < p_enough LOOP
    v_begun := clock_timestamp();
    RETURN QUERY
    WITH fitting AS MATERIALIZED (
      SELECT w.session_id, w.turn, w.words FROM turn_words w
      WHERE w.place <= v_top AND w.place > v_top - v_size AND w.words @@ p_query),
    newest AS (
      SELECT f.*, row_number() OVER (PARTITION BY f.session_id ORDER BY f.turn DESC) AS n
      FROM fitting f JOIN sessions s ON s.id = f.session_id WHERE p_archived OR s.archived_at IS NULL)
    SELECT DISTINCT ON (b.session_id) b.session_id, b.turn, b.rank
    FROM (SELECT n.session_id, n.turn, ts_rank_cd(n.words, p_query) AS rank FROM newest n WHERE n.n <= p_ranked) AS b
    ORDER BY b.session_id, b.rank DESC, b.turn DESC;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    v_found := v_found + v_new;
    v_top := v_top - v_size;
    IF clock_timestamp() - v_started > p_patience AND v_top >= v_bottom AND v_found < p_enough THEN
      RETURN QUERY SELECT NULL::text, NULL::integer, NULL::real;
      RETURN;
    END IF;
    v_ms := greatest(1, extract(epoch FROM clock_timestamp() - v_begun) * 1000);
    v_size := v_size * least(8, greatest(2, 100 / v_ms), greatest(1, p_enough::double precision / greatest(v_found, 1)));
  END LOOP;
END $$;
