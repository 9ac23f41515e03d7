import type { ReadRoot, StoredRule } from '../contracts/permissions/api.ts';
import type { PermissionRule } from '../contracts/permissions/rule.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';

/** Of a session, beside what files say. `late`: denied calls that a user has approved since, and that have not run. */
export type SessionPermissions = {
  allow: ToolPermission[];
  rules: StoredRule[];
  roots: ReadRoot[];
  late: { id: string; argumentsHash: string; by: string }[];
};

export type NewStoredRule = Pick<StoredRule, 'id' | 'sessionId' | 'workspace' | 'rule' | 'approval' | 'createdBy'>;

export const permissionQueries = (database: Database) => ({
  async of(sessionId: string): Promise<SessionPermissions | undefined> {
    const [row] = await database.query<{ permissions: SessionPermissions }>(
      'SELECT permissions_json(s) AS permissions FROM sessions s WHERE id = $1',
      [sessionId],
    );
    return row?.permissions;
  },

  /** Idempotent by id. */
  async add({ id, sessionId, workspace, rule, approval, createdBy }: NewStoredRule): Promise<StoredRule> {
    const [row] = await database.query<{ rule: StoredRule }>(
      `WITH added AS (
         INSERT INTO permission_rules (id, session_id, workspace, rule, approval, created_by)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING *)
       SELECT permission_rule_json(r) AS rule FROM (SELECT * FROM added UNION ALL SELECT * FROM permission_rules WHERE id = $1) AS r LIMIT 1`,
      [id, sessionId, workspace, toJson(rule satisfies PermissionRule), approval, createdBy],
    );
    if (!row) throw new Error('permission_rules gave no row');
    return row.rule;
  },

  async rules(): Promise<StoredRule[]> {
    const rows = await database.query<{ rule: StoredRule }>(
      'SELECT permission_rule_json(r) AS rule FROM permission_rules r ORDER BY created_at, id LIMIT 5000',
    );
    return rows.map(({ rule }) => rule);
  },

  /** For every session in a folder. */
  async inFolder(workspace: string): Promise<PermissionRule[]> {
    const rows = await database.query<{ rule: PermissionRule }>(
      'SELECT rule FROM permission_rules WHERE workspace = $1',
      [workspace],
    );
    return rows.map(({ rule }) => rule);
  },

  /** False if there is none. */
  async removeRule(id: string): Promise<boolean> {
    return (await database.query('DELETE FROM permission_rules WHERE id = $1 RETURNING id', [id])).length > 0;
  },

  /** Idempotent: a root that the session has stays as it is. */
  async grant({ id, sessionId, path, grantedBy }: Omit<ReadRoot, 'grantedAt'>): Promise<void> {
    await database.query(
      'INSERT INTO read_roots (id, session_id, path, granted_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [id, sessionId, storable(path), grantedBy],
    );
  },

  async roots(): Promise<ReadRoot[]> {
    const rows = await database.query<{ root: ReadRoot }>(
      'SELECT read_root_json(r) AS root FROM read_roots r ORDER BY granted_at, id LIMIT 5000',
    );
    return rows.map(({ root }) => root);
  },

  async removeRoot(id: string): Promise<boolean> {
    return (await database.query('DELETE FROM read_roots WHERE id = $1 RETURNING id', [id])).length > 0;
  },

  async setAllowed(sessionId: string, allow: readonly ToolPermission[]): Promise<void> {
    await database.query('SELECT set_allowed($1, $2)', [sessionId, allow]);
  },
});
