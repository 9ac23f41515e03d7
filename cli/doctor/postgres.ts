import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { readTextBounded } from '../../files/read-bounded.ts';
import { findBinaries } from '../../postgres/binaries.ts';
import type { StackEnvironment } from '../../runtime/env.ts';
import { askDatabase, hostOf } from '../supervisor/ask-database.ts';
import type { Folders } from '../supervisor/folders.ts';
import { type Check, fail, ok } from './check.ts';

const run = promisify(execFile);

/** Throws what is wrong: the error says what to do. */
export const checkPostgres = async (env: StackEnvironment): Promise<Check> => {
  if (env.DATABASE_URL !== undefined) {
    await askDatabase(env.DATABASE_URL);
    return ok('Postgres', `yours on ${hostOf(env.DATABASE_URL)} answers`);
  }
  const { postgres } = findBinaries();
  const { stdout } = await run(postgres, ['--version']);
  return ok('Postgres', `${stdout.trim()}, from npm`);
};

export const checkDataFolder = (folders: Folders): Check => {
  const versionFile = path.join(folders.postgres, 'PG_VERSION');
  if (!existsSync(versionFile)) return ok('data', `none yet in ${folders.data}: made at the first start`);
  const found = readTextBounded(versionFile, { most: 100 }).trim();
  const needed = String(findBinaries().major);
  if (found === needed) return ok('data', `of Postgres ${found} in ${folders.data}`);
  return fail(
    'data',
    `${folders.postgres} is of Postgres ${found}, this Everturn has ${needed}`,
    'Dump it with the Everturn that wrote it and load it here, or move the folder away to start empty',
  );
};
