import type { SearchResult } from '../contracts/search.ts';
import type { Database } from './database.ts';

/** Turns that are ranked, the newest that fit. */
const mostRanked = 500;
/** Marks in headlines; taken out of the text itself. */
const begin = '\u{E000}';
const end = '\u{E001}';
const headline = `StartSel=${begin}, StopSel=${end}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "`;

type Row = Omit<SearchResult, 'snippet'> & { snippet: string };

const piecesOf = (marked: string): SearchResult['snippet'] =>
  marked.split(begin).flatMap((part, index) => {
    const at = index === 0 ? -1 : part.indexOf(end);
    const pieces =
      at < 0
        ? [{ text: part, isMatch: false }]
        : [
            { text: part.slice(0, at), isMatch: true },
            { text: part.slice(at + 1), isMatch: false },
          ];
    return pieces.filter(({ text }) => text !== '');
  });

export const searchQueries = (database: Database) => ({
  /** Sessions with a turn that fits, each with its best one; the best first. */
  async transcripts({ q, limit, archived }: { q: string; limit: number; archived: boolean }): Promise<SearchResult[]> {
    return await database.snapshot(async (query) => {
      // How many turns a word is in decides the plan.
      await query('SET LOCAL plan_cache_mode = force_custom_plan');
      const rows = await query<Row>(
        `WITH hits AS MATERIALIZED (
           SELECT session_id, turn, words FROM turn_words WHERE words @@ search_query($1) ORDER BY place DESC LIMIT ${mostRanked}),
         best AS (
           SELECT DISTINCT ON (h.session_id) h.session_id, h.turn, ts_rank_cd(h.words, search_query($1)) AS rank
           FROM hits h ORDER BY h.session_id, rank DESC, h.turn DESC),
         top AS (
           SELECT b.*, s.title, s.run_id, s.updated_at, s.archived_at FROM best b JOIN sessions s ON s.id = b.session_id
           WHERE $3 OR s.archived_at IS NULL ORDER BY b.rank DESC, s.updated_at DESC, s.id LIMIT $2)
         SELECT session_id AS "sessionId", title, run_id AS "runId", archived_at IS NOT NULL AS "isArchived", turn, rank,
           iso(updated_at) AS "updatedAt",
           ts_headline('english', translate(turn_text(session_id, turn), '${begin}${end}', ''), search_query($1), '${headline}') AS snippet
         FROM top ORDER BY rank DESC, updated_at DESC, session_id`,
        [q, limit, archived],
      );
      return rows.map((row) => ({ ...row, snippet: piecesOf(row.snippet) }));
    });
  },
});
