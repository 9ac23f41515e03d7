import { setTimeout as delay } from 'node:timers/promises';
import { EverturnError } from '../contracts/errors.ts';
import { hashOfFunctions } from './apply-functions.ts';
import type { Database } from './database.ts';
import { type Applied, planMigrations } from './migration-plan.ts';
import { readMigrations } from './sql-files.ts';

const roundMs = 1000;

const advice = 'Run "npx everturn prepare" of this release on it, or "npx everturn up"';

const refuse = (why: string) => new EverturnError('data_version', `Cannot start on this database: ${why}. ${advice}`);

const check = async (database: Pick<Database, 'query'>): Promise<void> => {
  const files = await readMigrations();
  const [tables] = await database.query<{ migrations: boolean; functions: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS migrations, to_regclass('function_sources') IS NOT NULL AS functions`,
  );
  const applied = tables?.migrations ? await database.query<Applied>('SELECT name, sha256 FROM migrations') : [];
  const [step] = await planMigrations(applied, files);
  if (step) throw refuse(`it needs migration ${step.name} of this release`);
  const sources = tables?.functions
    ? await database.query<{ sha256: string }>('SELECT sha256 FROM function_sources')
    : [];
  if (sources[0]?.sha256 !== (await hashOfFunctions(files))) throw refuse('its functions are of another release');
};

/**
 * For a process that does not migrate: resolves if the database is exactly of this release. Waits while Postgres is away.
 * Throws `data_version` if another release has written it, before or since.
 */
export const checkVersion = async (database: Pick<Database, 'query'>): Promise<void> => {
  for (;;) {
    try {
      return await check(database);
    } catch (error) {
      if (!(error instanceof EverturnError && error.code === 'database_unavailable')) throw error;
      await delay(roundMs);
    }
  }
};
