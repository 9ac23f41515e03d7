import { randomUUID } from 'node:crypto';
import type { AuditPage, AuditRecord } from '../contracts/audit.ts';
import { invalidCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

/** An act of a user, as it goes into the audit log. */
export type Act = {
  user: string;
  role: string;
  action: string;
  target: string;
  /** Short facts. Default: none. */
  detail?: Record<string, unknown> | undefined;
  /** The same key is written once. Default: one that nothing else has. */
  key?: string | undefined;
};

type Filter = {
  cursor?: string | undefined;
  user?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  limit: number;
};

/** A copy with a key, so that the act is written once however often its statement is given. */
export const withKey = (act: Act): Act & { key: string } => ({ ...act, key: act.key ?? randomUUID() });

export const auditQueries = (database: Database) => ({
  /** Acts that are transactions are written within them, by `store.act`. */
  async write(act: Act): Promise<void> {
    const { user, role, action, target, detail = {}, key } = withKey(act);
    await database.query(
      `INSERT INTO audit (key, user_name, role, action, target, detail) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (key) DO NOTHING`,
      [key, user, role, action, target, toJson(detail)],
    );
  },

  /** The newest first. Throws `bad_request` for a cursor that no page has given. */
  async list({ cursor, user, action, target, limit }: Filter): Promise<AuditPage> {
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      throw invalidCursor(cursor);
    }
    const rows = await database.query<AuditRecord>(
      `SELECT id, iso(at) AS at, user_name AS "user", role, action, target, detail FROM audit
       WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR user_name = $2)
         AND ($3::text IS NULL OR action = $3) AND ($4::text IS NULL OR target = $4)
       ORDER BY id DESC LIMIT $5`,
      [cursor ?? null, user ?? null, action ?? null, target ?? null, limit + 1],
    );
    const records = rows.slice(0, limit);
    const last = records.at(-1);
    return { records, nextCursor: rows.length > limit && last ? String(last.id) : null };
  },
});
