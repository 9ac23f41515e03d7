import { createHash } from 'node:crypto';
import type { Artifact } from '../contracts/runs.ts';
import type { Database } from './database.ts';

const columns = `name, media_type AS "mediaType", size, hash`;

/** Files of runs, kept once for each content. */
export const artifactQueries = (database: Database) => ({
  /** A second call with the same name replaces what the run has under it. */
  async put(runId: string, name: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await database.query(
      `WITH blob AS (INSERT INTO blobs (hash, bytes) VALUES ($5, $4) ON CONFLICT DO NOTHING)
       INSERT INTO artifacts (run_id, name, media_type, size, hash) VALUES ($1, $2, $3, octet_length($4::bytea), $5)
       ON CONFLICT (run_id, name) DO UPDATE SET media_type = excluded.media_type, size = excluded.size, hash = excluded.hash`,
      [runId, name, mediaType, bytes, hash],
    );
  },

  async list(runId: string): Promise<Artifact[]> {
    return await database.query<Artifact>(`SELECT ${columns} FROM artifacts WHERE run_id = $1 ORDER BY name`, [runId]);
  },

  async read(runId: string, name: string): Promise<(Artifact & { bytes: Buffer }) | undefined> {
    const [row] = await database.query<Artifact & { bytes: Buffer }>(
      `SELECT ${columns}, bytes FROM artifacts JOIN blobs USING (hash) WHERE run_id = $1 AND name = $2`,
      [runId, name],
    );
    return row;
  },
});
