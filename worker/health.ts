import os from 'node:os';
import { EverturnError } from '../contracts/errors.ts';
import { readSource } from '../runtime/secrets.ts';
import { openDatabase } from '../store/database.ts';
import { workerQueries } from '../store/workers.ts';

/**
 * For health checks of containers: `node worker/health.ts agents` (or `scripts`) ends with 0 when a worker of this kind on
 * this host has beaten within the last seconds, otherwise with 1 and a sentence.
 */
const [, , kind = 'agents'] = process.argv;
const url = readSource().DATABASE_URL;

const look = async (): Promise<void> => {
  if (kind !== 'agents' && kind !== 'scripts')
    throw new EverturnError('bad_request', `Cannot report the health of "${kind}": expected agents or scripts`);
  if (!url) throw new EverturnError('config_invalid', 'Cannot ask for the health of a worker: DATABASE_URL is not set');
  const database = openDatabase({ url, patienceMs: 2000, max: 1 });
  try {
    const alive = await workerQueries(database).alive(kind, os.hostname());
    if (alive > 0) console.log(`${alive} of ${kind} on ${os.hostname()}`);
    else throw new EverturnError('not_running', `No worker of ${kind} on ${os.hostname()} has beaten lately`);
  } finally {
    await database.close();
  }
};

await look().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
