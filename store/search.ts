import type { SearchResult, SearchResults } from '../contracts/search.ts';
import type { Database } from './database.ts';
import { snippetOf } from './snippet.ts';

/** How many sessions are ranked at least, if so many match: those whose turns are the newest. */
const ranked = (limit: number): number => Math.max(30, Math.ceil(limit * 1.5));
/** Of a session: how many of its newest matching turns are ranked. */
const rankedTurns = 30;
/** Milliseconds after which a search goes no further back. */
const patience = 300;

type Row = Omit<SearchResult, 'snippet'> & { text: string };

export const searchQueries = (database: Database) => ({
  /** Sessions with a turn that fits, each with its best one; the best first. */
  async transcripts({ q, limit, archived }: { q: string; limit: number; archived: boolean }): Promise<SearchResults> {
    return await database.snapshot(async (query) => {
      const [asked] = await query<{ words: string | null }>('SELECT querytree(search_query($1)) AS words', [q]);
      const rows = await query<Row | { sessionId: null }>(
        `WITH found AS MATERIALIZED (SELECT * FROM search_turns(search_query($1), $3, $4, ${rankedTurns}, interval '${patience} ms')),
         best AS (
           SELECT DISTINCT ON (session_id) session_id, turn, rank FROM found WHERE session_id IS NOT NULL
           ORDER BY session_id, rank DESC, turn DESC),
         top AS (
           SELECT b.*, s.title, s.run_id, s.updated_at, s.archived_at FROM best b JOIN sessions s ON s.id = b.session_id
           ORDER BY b.rank DESC, s.updated_at DESC, s.id LIMIT $2)
         SELECT session_id AS "sessionId", title, run_id AS "runId", archived_at IS NOT NULL AS "isArchived", turn, rank,
           iso(updated_at) AS "updatedAt", turn_text(session_id, turn) AS text
         FROM top
         UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM found WHERE session_id IS NULL
         ORDER BY rank DESC NULLS LAST, "updatedAt" DESC, "sessionId"`,
        [q, limit, archived, ranked(limit)],
      );
      const results = rows.filter((row) => row.sessionId !== null);
      const words = asked?.words ?? '';
      return {
        results: results.map(({ text, ...row }) => ({ ...row, snippet: snippetOf(text, words) })),
        isComplete: results.length === rows.length,
      };
    });
  },
});
