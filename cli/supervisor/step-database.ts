import { startPostgres } from '../../postgres/server.ts';
import { rotate } from '../../runtime/log-file.ts';
import { openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { askDatabase, hostOf } from './ask-database.ts';
import { type Context, step } from './context.ts';
import { logOf } from './folders.ts';
import type { Keeper } from './keeper.ts';
import { postgresName } from './leftovers.ts';
import { onPorts } from './port-wishes.ts';
import type { Running } from './service.ts';

/** `keeper` is null for a database of the user's own. */
export type StackDatabase = { url: string; keeper: Keeper | null };

export const bringUpDatabase = async (context: Context): Promise<StackDatabase> => {
  const { env } = context;
  if (env.DATABASE_URL !== undefined) {
    const url = env.DATABASE_URL;
    await step(
      context,
      postgresName,
      () => askDatabase(url),
      () => `yours on ${hostOf(url)}`,
    );
    return { url, keeper: null };
  }
  return startOwn(context);
};

const startOwn = (context: Context): Promise<StackDatabase> =>
  onPorts(context, ['postgres'], (port) => startOn(context, port));

const startOn = async (context: Context, port: number): Promise<StackDatabase> => {
  const log = logOf(context.folders, postgresName);
  let url = '';
  let dataDir = context.folders.postgres;
  const start = async (spawned: (pid: number) => void): Promise<Running> => {
    rotate(log);
    const running = await startPostgres({ dataDir: context.folders.postgres, port, log });
    ({ url, dataDir } = running);
    spawned(running.pid);
    return running;
  };
  const keeper = await step(
    context,
    postgresName,
    () => context.keep({ name: postgresName, log, start }),
    () => `on 127.0.0.1:${port}${dataDir === context.folders.postgres ? '' : `, its data in ${dataDir}`}`,
  );
  return { url, keeper };
};

export const bringUpSchema = async (context: Context, url: string): Promise<void> => {
  const database = openDatabase({ url, patienceMs: 5000, max: 1 });
  try {
    await step(
      context,
      'schema',
      () => migrate(database),
      () => 'up to date',
    );
  } finally {
    await database.close();
  }
};
