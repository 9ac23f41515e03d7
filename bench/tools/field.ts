import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../postgres/server.ts';
import { openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { Closing } from '../closing.ts';

export type Field = { store: Store; folder: string };

/** A Postgres as the stack starts it, with our schema, and a folder to work in. */
export const openField = async (closing: Closing): Promise<Field> => {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'everturn-bench-')));
  closing.add(() => rm(folder, { recursive: true, force: true }));
  // Where Postgres refuses to run as root, it runs as a user that must be able to enter.
  await chmod(folder, 0o755);
  const { url } = await closing.own(() => startPostgres({ dataDir: path.join(folder, 'postgres') }));
  const database = openDatabase({ url, patienceMs: 5000 });
  await migrate(database);
  await database.close();
  const store = openStore({ url, patienceMs: 5000, byKey: true });
  closing.add(() => store.close());
  return { store, folder };
};
