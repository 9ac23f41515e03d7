// biome-ignore lint/style/noRestrictedImports: reads its own package.json.
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { modelNames } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { loadConfig } from '../runtime/config.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createLogger } from '../runtime/log.ts';
import { watchWorkers } from '../runtime/recovery.ts';
import { temporalConnectionOptions } from '../runtime/temporal.ts';
import { openStore } from '../store/store.ts';
import { createListener } from '../store/wakeups.ts';
import { createApp } from './app.ts';
import { startReconciler } from './background/reconciler.ts';
import { startRunKeeper } from './background/run-keeper.ts';
import { startScheduleSync } from './background/schedule-sync.ts';
import { startSubagentKeeper } from './background/subagent-keeper.ts';
import { startTurnKeeper } from './background/turn-keeper.ts';
import { startUpgrade } from './background/upgrade.ts';
import { createGateway } from './gateway.ts';
import { createDelivery } from './services/delivery.ts';
import { readUsers } from './users.ts';

/** A request waits so long for Postgres to come back before it is answered 503. */
const patienceMs = 3000;

const env = readEnvironment();
const log = createLogger({ name: 'api', level: env.EVERTURN_LOG_LEVEL });
if (!env.EVERTURN_TOKEN) {
  throw new EverturnError(
    'config_invalid',
    'Cannot start the API: EVERTURN_TOKEN is not set. Set it to a secret of 16 characters or more',
  );
}
const config = loadConfig(env.EVERTURN_PROJECT);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const store = openStore({ url: env.DATABASE_URL, patienceMs });
const listener = createListener(store.database);
// What Temporal is not needed for is served while it is away.
const connection = Connection.lazy(temporalConnectionOptions(env));
const gateway = createGateway({
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  consoleUrl: env.EVERTURN_CONSOLE_URL,
});
const delivery = createDelivery(store, gateway);
const models = modelNames(config);
const definitions = openDefinitions({ project: env.EVERTURN_PROJECT });
const app = await createApp({
  context: {
    store,
    listener,
    gateway,
    delivery,
    definitions,
    models,
    about: {
      version,
      model: { label: models[0], offline: config.models.length === 0 },
      temporalUi: env.TEMPORAL_UI_URL ?? null,
      workspace: env.EVERTURN_PROJECT,
    },
  },
  access: {
    token: env.EVERTURN_TOKEN,
    users: readUsers(config, env.EVERTURN_TOKEN, process.env),
    allowedHosts: env.EVERTURN_ALLOWED_HOSTS.split(',').filter(Boolean),
  },
  log,
  consoleFolder: fileURLToPath(new URL('../ui/dist', import.meta.url)),
});
// Before anything else is started here, and before the supervisor starts the workers.
const upgrade = await startUpgrade(store, gateway, log);
await app.listen({ host: env.EVERTURN_API_HOST, port: env.EVERTURN_API_PORT });
const reconciler = startReconciler(store, delivery, log);
const keeper = startSubagentKeeper({ store, gateway, limits: config.limits, log });
const turnKeeper = startTurnKeeper({ store, gateway, log });
const runKeeper = startRunKeeper({ store, gateway, delivery, scriptAgents: config.limits.scriptAgents, log });
const schedules = startScheduleSync(definitions, gateway, log);
const watch = watchWorkers({ store, connection, namespace: env.TEMPORAL_NAMESPACE, log });
process.send?.({ type: 'ready' });
log.info({ port: env.EVERTURN_API_PORT }, 'api is ready');
// Written at a process's exit otherwise, which a kill -9 leaves out. Does nothing where NODE_COMPILE_CACHE is unset.
flushCompileCache();

const stop = async (): Promise<void> => {
  watch.stop();
  await app.close();
  await upgrade.stop();
  await reconciler.stop();
  await keeper.stop();
  await turnKeeper.stop();
  await runKeeper.stop();
  await schedules.stop();
  await listener.close();
  await connection.close();
  await store.close();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
