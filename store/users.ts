import type { Role, User } from '../contracts/users.ts';
import type { Database } from './database.ts';

export type CredentialKind = 'token' | 'login';

export type NewCredential = {
  hash: string;
  kind: CredentialKind;
  name: string;
  role: Role;
  /** Null: it lasts until it is revoked. */
  expiresInSeconds: number | null;
};

const isLive = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())`;

/** Tokens and logins of users, by the hash of their secret. */
export const userQueries = (database: Database) => ({
  /** Whose it is, while it is neither revoked nor expired. */
  async find(hash: string, kind: CredentialKind): Promise<{ name: string; role: Role } | undefined> {
    const [row] = await database.query<{ name: string; role: Role }>(
      `SELECT user_name AS name, role FROM credentials WHERE hash = $1 AND kind = $2 AND ${isLive}`,
      [hash, kind],
    );
    return row;
  },

  /** The roles of those that are neither revoked nor expired. */
  async rolesOf(hashes: readonly string[]): Promise<Map<string, Role>> {
    const rows = await database.query<{ hash: string; role: Role }>(
      `SELECT hash, role FROM credentials WHERE hash = ANY ($1::text[]) AND ${isLive}`,
      [hashes],
    );
    return new Map(rows.map(({ hash, role }) => [hash, role]));
  },

  /** Kinds of credentials that a name has now. */
  async kindsOf(name: string): Promise<CredentialKind[]> {
    const rows = await database.query<{ kind: CredentialKind }>(
      `SELECT DISTINCT kind FROM credentials WHERE user_name = $1 AND ${isLive}`,
      [name],
    );
    return rows.map(({ kind }) => kind);
  },

  /** False: the user has another token. Safe to give twice. */
  async add({ hash, kind, name, role, expiresInSeconds }: NewCredential): Promise<boolean> {
    await database.query(
      `UPDATE credentials SET revoked_at = expires_at WHERE user_name = $1 AND revoked_at IS NULL AND expires_at <= clock_timestamp()`,
      [name],
    );
    await database.query(
      `INSERT INTO credentials (hash, kind, user_name, role, expires_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5)) ON CONFLICT DO NOTHING`,
      [hash, kind, name, role, expiresInSeconds],
    );
    return (await this.find(hash, kind)) !== undefined;
  },

  /** Those that can come in now, by name. */
  async list(): Promise<User[]> {
    return await database.query<User>(
      `SELECT user_name AS name, role, kind AS origin, iso(created_at) AS "createdAt", iso(expires_at) AS "expiresAt"
       FROM credentials WHERE ${isLive} ORDER BY user_name, created_at`,
    );
  },

  /** Revokes every token and login of a user. False if there is none. */
  async remove(name: string): Promise<boolean> {
    const rows = await database.query(
      `UPDATE credentials SET revoked_at = clock_timestamp() WHERE user_name = $1 AND ${isLive} RETURNING hash`,
      [name],
    );
    return rows.length > 0;
  },

  /** False: there is no such user. */
  async change(name: string, role: Role): Promise<boolean> {
    const rows = await database.query(
      `UPDATE credentials SET role = $2 WHERE user_name = $1 AND ${isLive} RETURNING hash`,
      [name, role],
    );
    return rows.length > 0;
  },

  async revoke(hash: string): Promise<void> {
    await database.query(
      'UPDATE credentials SET revoked_at = clock_timestamp() WHERE hash = $1 AND revoked_at IS NULL',
      [hash],
    );
  },
});
