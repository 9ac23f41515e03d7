import type { KeptFile, KeptImage } from '../contracts/attachments.ts';
import type { Database } from './database.ts';
import { storable } from './json.ts';

type Named = 'attachmentId' | 'name';
/** What is known of an attachment, whatever its names. */
export type AttachmentRow = { id: string } & (
  | ({ kind: 'image' } & Omit<KeptImage, Named>)
  | ({ kind: 'file' } & Omit<KeptFile, Named>)
);

type Columns = {
  id: string;
  kind: 'image' | 'file';
  mediaType: string;
  bytes: number;
  width: number;
  height: number;
  pages: number | null;
  text: string;
  characters: number;
};

const toRow = ({ id, kind, mediaType, bytes, ...rest }: Columns): AttachmentRow =>
  kind === 'image'
    ? { id, kind, mediaType, bytes, width: rest.width, height: rest.height }
    : { id, kind, mediaType, bytes, pages: rest.pages, text: rest.text, characters: rest.characters };

/** One that no message uses for this long is removed. */
const unsentFor = '1 day';

export const attachmentQueries = (database: Database) => ({
  /**
   * Records what was attached, or that it was attached again. `keep` puts its files into their place, and may be called
   * twice; the row is locked until then, so that they are not removed meanwhile.
   */
  async put(row: AttachmentRow, keep: () => Promise<void>): Promise<void> {
    const image = row.kind === 'image' ? row : null;
    const file = row.kind === 'file' ? row : null;
    await database.transaction(async ({ query }) => {
      await query(
        `INSERT INTO attachments (id, kind, media_type, bytes, width, height, pages, text, characters)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET touched_at = now(),
           kind = excluded.kind, media_type = excluded.media_type, bytes = excluded.bytes, width = excluded.width,
           height = excluded.height, pages = excluded.pages, text = excluded.text, characters = excluded.characters`,
        [
          row.id,
          row.kind,
          row.mediaType,
          row.bytes,
          image?.width ?? null,
          image?.height ?? null,
          file?.pages ?? null,
          file ? storable(file.text) : null,
          file?.characters ?? null,
        ],
      );
      await keep();
    });
  },

  async find(id: string): Promise<AttachmentRow | undefined> {
    const [row] = await database.query<Columns>(
      'SELECT id, kind, media_type AS "mediaType", bytes, width, height, pages, text, characters FROM attachments WHERE id = $1',
      [id],
    );
    return row && toRow(row);
  },

  /** Those that a session needs. */
  async ofSession(sessionId: string): Promise<string[]> {
    const rows = await database.query<{ id: string }>(
      'SELECT attachment_id AS id FROM attachment_refs WHERE session_id = $1 ORDER BY attachment_id',
      [sessionId],
    );
    return rows.map(({ id }) => id);
  },

  /** Of these, those that are recorded. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await database.query<{ id: string }>('SELECT id FROM attachments WHERE id = ANY ($1)', [ids]);
    return new Set(rows.map(({ id }) => id));
  },

  /** Records unknown files as attachments that no session has needed for a long time. */
  async adopt(ids: readonly string[]): Promise<void> {
    await database.query(
      `INSERT INTO attachments (id, kind, media_type, bytes, touched_at)
       SELECT id, 'file', 'application/octet-stream', 0, now() - 2 * interval '${unsentFor}' FROM unnest($1::text[]) AS id
       ON CONFLICT DO NOTHING`,
      [ids],
    );
  },

  /**
   * Forgets up to `limit` attachments that no session needs and that were not attached within a day; `remove` removes their
   * files, while their rows are locked. Returns how many there were. Fails where a session comes to need one meanwhile.
   */
  async sweep(limit: number, remove: (id: string) => Promise<void>): Promise<number> {
    return await database.transaction(async ({ query }) => {
      const rows = await query<{ id: string }>(
        `DELETE FROM attachments WHERE id IN (
           SELECT id FROM attachments a WHERE touched_at < now() - interval '${unsentFor}'
             AND NOT EXISTS (SELECT FROM attachment_refs WHERE attachment_id = a.id)
           ORDER BY touched_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
        [limit],
      );
      for (const { id } of rows) await remove(id);
      return rows.length;
    });
  },
});
