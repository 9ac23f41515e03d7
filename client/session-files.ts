import type { z } from 'zod';
import { type PruneRequest, PruneResult } from '../contracts/prune.ts';
import { SearchResults } from '../contracts/search.ts';
import { ImportedSession } from '../contracts/session-file.ts';
import { type Bytes, type Once, once, type Signal } from './options.ts';
import type { Transport } from './transport.ts';

/** Sessions found, kept and moved. */
export type SessionFilesApi = {
  searchTranscripts(
    query: { q: string; limit?: number; archived?: 'true' | 'false' },
    options?: Signal,
  ): Promise<SearchResults>;
  /** JSON Lines. Without its last line it was cut off. */
  exportSession(id: string, options?: Signal): Promise<Bytes>;
  /** Throws `import_invalid` with the number of the line that is wrong. */
  importSession(
    lines: string,
    query?: { workspace?: string | undefined; title?: string | undefined; agent?: string | undefined },
    options?: Once,
  ): Promise<ImportedSession>;
  /** For admins only. Deletes nothing unless `dryRun` is false. */
  prune(body: z.input<typeof PruneRequest>, options?: Signal): Promise<PruneResult>;
};

export const sessionFilesApi = ({ read, send }: Transport): SessionFilesApi => ({
  searchTranscripts: (query, { signal } = {}) =>
    read(SearchResults, { action: 'search transcripts', path: '/search', query, signal }),
  exportSession: async (id, { signal } = {}) => {
    const response = await send({
      action: `export session ${id}`,
      path: `/sessions/${encodeURIComponent(id)}/export`,
      signal,
    });
    return response.body ?? new Blob([]).stream();
  },
  importSession: (lines, query, { signal, idempotencyKey } = {}) =>
    read(ImportedSession, {
      action: 'import a session',
      method: 'POST',
      path: '/sessions/import',
      query,
      raw: { type: 'application/jsonl', value: lines },
      headers: once(idempotencyKey),
      signal,
    }),
  prune: (body, { signal } = {}) =>
    read(PruneResult, { action: 'prune', method: 'POST', path: '/prune', body, signal }),
});
