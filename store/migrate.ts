import pg from 'pg';
import { EverturnError } from '../contracts/errors.ts';
import { applyFunctions } from './apply-functions.ts';
import { type Database, isConnectionError } from './database.ts';
import { type Applied, planMigrations, type Step } from './migration-plan.ts';
import { readMigrations, type SqlFile } from './sql-files.ts';

/** Any number, the same in all our processes. */
const migrationLock = 7_261_001;

/** Names what failed. Nothing of it remains: all of it is one transaction. */
const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || isConnectionError(error)) throw error;
    throw new EverturnError(
      'migration_failed',
      `Cannot bring this database to this release: ${what} failed: ${error.message}. Nothing was changed, and the release that wrote the data can still use it. Remove the cause and start again`,
      { cause: error },
    );
  }
};

const take = async (client: pg.Client, { name, sql, sha256 }: Step): Promise<void> => {
  await attempt(`migration ${name}`, () => client.query(sql));
  await (sha256 === null
    ? client.query('DELETE FROM migrations WHERE name = $1', [name])
    : client.query(
        `INSERT INTO migrations (name, sha256) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256`,
        [name, sha256],
      ));
};

const bringForward = async (client: pg.Client, files: SqlFile[]): Promise<void> => {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
  );
  const { rows } = await client.query<Applied>('SELECT name, sha256 FROM migrations ORDER BY name');
  for (const step of await planMigrations(rows, files)) await take(client, step);
  await attempt('a function', () => applyFunctions(client, files));
};

/**
 * Brings the database to this release: migrations (tables, indexes, data) in their order, repairs of those that ran with
 * an earlier text, then the functions; all of it or nothing. Several processes may call it at once. Throws
 * `data_version` when a newer release wrote the database or a migration has changed since it ran, and
 * `migration_failed` when Postgres refuses one.
 */
export const migrate = async (database: Database): Promise<void> => {
  const files = await readMigrations();
  const client = await database.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query('BEGIN');
    await bringForward(client, files);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};
