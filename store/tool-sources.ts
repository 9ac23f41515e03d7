import type { Offers, SourceKind, ToolSource } from '../contracts/tool-sources.ts';
import type { Database } from './database.ts';

/** `digest`: of what was asked. */
export type StoredSource = ToolSource & { digest: string };

export const toolSourceQueries = (database: Database) => ({
  async list(): Promise<StoredSource[]> {
    return await database.query<StoredSource>(
      'SELECT kind, name, digest, fault, offers, iso(at) AS at FROM tool_sources ORDER BY kind, name',
    );
  },

  async offered(source: { kind: SourceKind; name: string; digest: string; offers: Offers }): Promise<void> {
    await database.query(
      `INSERT INTO tool_sources (kind, name, digest, offers) VALUES ($1, $2, $3, $4)
       ON CONFLICT (kind, name) DO UPDATE SET digest = $3, offers = $4, fault = NULL, at = now()`,
      [source.kind, source.name, source.digest, JSON.stringify(source.offers)],
    );
  },

  /** What it offered before stays, if it was asked for the same. */
  async failed(source: { kind: SourceKind; name: string; digest: string; fault: string; none: Offers }): Promise<void> {
    await database.query(
      `INSERT INTO tool_sources AS s (kind, name, digest, offers, fault) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (kind, name) DO UPDATE SET digest = $3, fault = $5, at = now(),
         offers = CASE WHEN s.digest = $3 THEN s.offers ELSE $4 END`,
      [source.kind, source.name, source.digest, JSON.stringify(source.none), source.fault],
    );
  },

  /** Forgets the sources that are not named. */
  async keep(kind: SourceKind, names: readonly string[]): Promise<void> {
    await database.query('DELETE FROM tool_sources WHERE kind = $1 AND NOT name = ANY($2)', [kind, names]);
  },
});
