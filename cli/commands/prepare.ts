import type { Command } from 'commander';
import { readServersEnvironment } from '../../runtime/env.ts';
import { temporalConnectionOptions } from '../../runtime/temporal.ts';
import { openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { ensureDatabase, hostOf } from '../supervisor/ask-database.ts';

export const addPrepare = (program: Command): void => {
  program
    .command('prepare')
    .description(
      'prepare the servers of DATABASE_URL and TEMPORAL_ADDRESS: database, schema, namespace, search attributes; for workers and APIs started without "up"',
    )
    .option('--json', 'one JSON line for each step')
    .action((options: JsonOption) => prepare(options));
};

const prepare = (options: JsonOption): Promise<void> =>
  runCommand(options, async () => {
    const print = createPrint(options);
    const env = readServersEnvironment();
    const url = env.DATABASE_URL;
    if (await ensureDatabase(url))
      print(`Made the database on ${hostOf(url)}`, { type: 'database', host: hostOf(url) });
    const database = openDatabase({ url, patienceMs: 5000, max: 1 });
    try {
      await migrate(database);
    } finally {
      await database.close();
    }
    print(`The schema on ${hostOf(url)} is up to date`, { type: 'schema', host: hostOf(url) });
    const { prepareTemporal } = await import('../../temporal/prepare.ts');
    const { TEMPORAL_NAMESPACE: namespace, TEMPORAL_ADDRESS: address } = env;
    await prepareTemporal({ connection: temporalConnectionOptions(env), namespace, createNamespace: true });
    print(`Namespace ${namespace} on ${address} is ready`, { type: 'namespace', address, namespace });
  });
