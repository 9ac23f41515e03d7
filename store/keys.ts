import type { KeyMark } from '../contracts/keys.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

/** As the activities see a mark. One whose time has passed stays until the key has answered. */
export type StoredMark = KeyMark & {
  key: string;
  fingerprint: string;
  /** 0: its time has passed. */
  leftMs: number;
};

export type NewMark = Pick<
  StoredMark,
  'key' | 'fingerprint' | 'model' | 'reason' | 'code' | 'status' | 'asked' | 'said'
>;

export type Pause = {
  /** Milliseconds that the provider asks to wait. Null: the pause grows from `firstMs` to `maxMs`. */
  toldMs: number | null;
  firstMs: number;
  maxMs: number;
};

export type KeyPrint = { name: string; fingerprint: string };

export const keyQueries = (database: Database) => ({
  /** `elapsedMs`: since the failed request began. */
  async mark(mark: NewMark, { toldMs, firstMs, maxMs }: Pause, elapsedMs: number): Promise<StoredMark> {
    const [row] = await database.query<{ mark: StoredMark }>('SELECT mark_key($1, $2, $3, $4, $5) AS mark', [
      toJson({ ...mark, model: mark.model ?? '' }),
      toldMs,
      firstMs,
      maxMs,
      Math.ceil(elapsedMs),
    ]);
    if (!row) throw new Error('mark_key gave no row');
    return row.mark;
  },

  async marks(): Promise<StoredMark[]> {
    const rows = await database.query<{ mark: StoredMark }>(
      'SELECT mark_json(m) AS mark FROM key_marks m ORDER BY key, model',
    );
    return rows.map(({ mark }) => mark);
  },

  /** After a request that was answered: its key works. A mark that was made while it ran stays. */
  async answered(key: string, model: string, elapsedMs: number): Promise<void> {
    await database.query(
      `DELETE FROM key_marks WHERE key = $1 AND model IN ('', $2)
         AND marked_at < clock_timestamp() - make_interval(secs => $3)`,
      [key, model, elapsedMs / 1000],
    );
  },

  /** Removes the marks of a key. False: it had none. */
  async clear(key: string): Promise<boolean> {
    const rows = await database.query('DELETE FROM key_marks WHERE key = $1 RETURNING key', [key]);
    return rows.length > 0;
  },

  /** Removes what was marked under the name of one of these keys while it was another one. */
  async forgetOthers(keys: readonly KeyPrint[]): Promise<void> {
    await database.query(
      `DELETE FROM key_marks m USING jsonb_to_recordset($1::jsonb) AS k (name text, fingerprint text)
       WHERE m.key = k.name AND m.fingerprint <> k.fingerprint`,
      [toJson(keys)],
    );
  },
});
