import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../postgres/server.ts';
import { freePort } from '../runtime/ports.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { findTemporal } from '../temporal/find.ts';
import { startTemporal } from '../temporal/server.ts';
import { ensureBundle } from '../worker/bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Holds a template: `everturn`, with the schema and no rows. */
    postgresUrl: string;
    temporalAddress: string;
    bundlePath: string;
    /** Where the first test file that needs the console builds it. */
    consoleFolder: string;
    scriptsBundlePath: string;
  }
}

/** One real Postgres and one real Temporal for the run; a database and a task queue for each test file. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-test-'));
  // Where Postgres refuses to run as root, it runs as a user that must be able to enter.
  await chmod(folder, 0o755);
  // What tests trust is not kept in the home of whoever runs them.
  process.env.XDG_CONFIG_HOME = path.join(folder, 'config');
  // Processes that tests start, of ours and of Node itself, find their code compiled, as in a user's cache.
  process.env.NODE_COMPILE_CACHE ??= path.join(os.tmpdir(), 'everturn-test-compile-cache');
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  const { path: binary } = await findTemporal({ progress: (line) => console.log(line) });
  const temporal = await startTemporal({ binary, dbFile: null, port: await freePort(), uiPort: null });
  const database = openDatabase({ url: postgres.url, patienceMs: 10_000 });
  await migrate(database);
  await database.close();
  project.provide('postgresUrl', postgres.url);
  project.provide('temporalAddress', temporal.address);
  project.provide('consoleFolder', path.join(folder, 'console'));
  project.provide('bundlePath', await ensureBundle(path.join(folder, 'cache')));
  project.provide('scriptsBundlePath', await ensureBundle(path.join(folder, 'cache'), 'scripts'));
  return async () => {
    await temporal.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
};
