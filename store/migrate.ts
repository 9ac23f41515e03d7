import { EverturnError } from '../contracts/errors.ts';
import { applyFunctions } from './apply-functions.ts';
import type { Database } from './database.ts';
import { readSqlFiles } from './sql-files.ts';

const folder = new URL('./migrations/', import.meta.url);
/** Any number, the same in every process of ours. */
const migrationLock = 7_261_001;

/**
 * Brings the database forward: migrations (tables, indexes, data) file by file, each in its own transaction, then the
 * functions. Several processes may call it at once. Throws `data_version` when a newer release wrote the database, or
 * when a migration has changed since it ran.
 */
export const migrate = async (database: Database): Promise<void> => {
  const files = await readSqlFiles(folder);
  const client = await database.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'SELECT name, sha256 FROM migrations ORDER BY name',
    );
    const done = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
    const unknown = rows.find(({ name }) => !files.some((file) => file.name === name));
    if (unknown) {
      throw new EverturnError(
        'data_version',
        `Cannot use this database: it has migration ${unknown.name}, which this release does not know. Use the newer release, or another database`,
      );
    }
    for (const { name, sql, sha256 } of files) {
      const before = done.get(name);
      if (before === sha256) continue;
      if (before) {
        throw new EverturnError(
          'data_version',
          `Cannot use this database: migration ${name} has changed since it ran. Restore the file, and put the change into a new migration`,
        );
      }
      await client.query('BEGIN');
      await client.query(sql);
      await client.query('INSERT INTO migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
      await client.query('COMMIT');
    }
    await applyFunctions(client, files);
  } finally {
    await client.end();
  }
};
