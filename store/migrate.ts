import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { EverturnError } from '../contracts/errors.ts';
import type { Database } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);
/** Any number, the same in every process of ours. */
const migrationLock = 7_261_001;

/**
 * Brings the database forward, file by file, each in a transaction of its own. Several processes may call it at
 * once. Throws `data_version` when the database was written by a newer release, or a file that ran has changed.
 */
export const migrate = async (database: Database): Promise<void> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
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
    const unknown = rows.find(({ name }) => !files.includes(name));
    if (unknown) {
      throw new EverturnError(
        'data_version',
        `Cannot use this database: it has migration ${unknown.name}, which this release does not know. Use the newer release, or another database`,
      );
    }
    for (const name of files) {
      const sql = await readFile(new URL(name, folder), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = done.get(name);
      if (before === sha256) continue;
      if (before) {
        throw new EverturnError(
          'data_version',
          `Cannot use this database: migration ${name} ran with other content. Migrations only go forward: restore the file and add a new one`,
        );
      }
      await client.query('BEGIN');
      await client.query(sql);
      await client.query('INSERT INTO migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
      await client.query('COMMIT');
    }
  } finally {
    await client.end();
  }
};
