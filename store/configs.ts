import type { ConfigChange, ConfigState, NewConfigChange } from '../contracts/config-changes.ts';
import type { Database } from './database.ts';

const maxListed = 100;

const columns = `id, iso(at) AS at, fault, changed, needs_restart AS "needsRestart"`;

export const configQueries = (database: Database) => ({
  /** Of several processes that see the same change of their file, one writes it down. */
  async record({ fault, changed, needsRestart }: NewConfigChange): Promise<ConfigChange> {
    const [row] = await database.query<ConfigChange>(`SELECT ${columns} FROM record_config_change($1, $2, $3)`, [
      fault,
      changed,
      needsRestart,
    ]);
    if (!row) throw new Error('record_config_change gave no row');
    return row;
  },

  /** The changes that took effect, oldest first. */
  async taken(): Promise<ConfigChange[]> {
    const rows = await database.query<ConfigChange>(
      `SELECT ${columns} FROM config_changes WHERE fault IS NULL AND changed <> '{}' ORDER BY id DESC LIMIT $1`,
      [maxListed],
    );
    return rows.reverse();
  },

  async state(): Promise<ConfigState> {
    const changes = await database.query<ConfigChange>(
      `SELECT ${columns} FROM config_changes ORDER BY id DESC LIMIT $1`,
      [maxListed],
    );
    const taken = changes.find(({ fault }) => fault === null);
    return { fault: changes[0]?.fault ?? null, needsRestart: taken?.needsRestart ?? [], changes };
  },
});
