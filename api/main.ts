import '../runtime/check-node.cjs';
// biome-ignore lint/style/noRestrictedImports: reads its own package.json.
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { openAttachments } from '../attachments/attachments.ts';
import { modelChoice, modelNames } from '../contracts/config/models.ts';
import { configuredOf } from '../contracts/configured.ts';
import { EverturnError } from '../contracts/errors.ts';
import { environmentOf } from '../contracts/resolve-settings.ts';
import { StackMessage } from '../contracts/stack.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { attachmentsFolder, environmentNames, readEnvironment, secretVariables } from '../runtime/env.ts';
import { createLogger } from '../runtime/log.ts';
import { useProxies } from '../runtime/proxies.ts';
import { watchWorkers } from '../runtime/recovery.ts';
import { readSource } from '../runtime/secrets.ts';
import { temporalConnectionOptions } from '../runtime/temporal.ts';
import { checkVersion } from '../store/check-version.ts';
import { openStore } from '../store/store.ts';
import { createListener } from '../store/wakeups.ts';
import { startConfig } from '../trust/config.ts';
import { followConfig } from '../trust/follow-config.ts';
import { projectId } from '../trust/project-id.ts';
import { openTrust } from '../trust/trust.ts';
import { checkBind } from './access/check-bind.ts';
import { createOidc } from './access/oidc.ts';
import { createApp } from './app.ts';
import { startAttachmentSweep } from './background/attachment-sweep.ts';
import { startChangeKeeper } from './background/change-keeper.ts';
import { startReconciler } from './background/reconciler.ts';
import { startRunKeeper } from './background/run-keeper.ts';
import { startScheduleSync } from './background/schedule-sync.ts';
import { startSubagentKeeper } from './background/subagent-keeper.ts';
import { startTurnKeeper } from './background/turn-keeper.ts';
import { startUpgrade } from './background/upgrade.ts';
import { createGateway } from './gateway.ts';
import { createDelivery } from './services/delivery.ts';
import { startTemporalUi } from './temporal-ui/proxy.ts';
import { createUiSessions } from './temporal-ui/session.ts';
import { readUsers } from './users.ts';

/** A request waits so long for Postgres to come back before it is answered 503. */
const patienceMs = 3000;

const source = readSource();
useProxies(source);
const env = readEnvironment(source);
const log = createLogger({ name: 'api', level: env.EVERTURN_LOG_LEVEL });
if (!env.EVERTURN_TOKEN) {
  throw new EverturnError(
    'config_invalid',
    'Cannot start the API: EVERTURN_TOKEN is not set. Set it to a secret of 16 characters or more',
  );
}
const { config, ignored } = startConfig(env.EVERTURN_PROJECT, env.EVERTURN_CONFIG);
if (ignored) log.warn('everturn.yaml is not trusted and not used: "npx everturn trust" shows what it would allow');
const trust = openTrust(env.EVERTURN_PROJECT);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const hasOidc = env.EVERTURN_OIDC === 'true';
if (hasOidc && !config.oidc) {
  throw new EverturnError(
    'config_invalid',
    'Cannot start the API: EVERTURN_OIDC=true, and everturn.yaml has no section "oidc". Add it (docs/configuration.md)',
  );
}
const secretOfOidc = (name: string): string => {
  const secret = source[name];
  if (secret) return secret;
  throw new EverturnError(
    'config_invalid',
    `Cannot start the API: oidc.clientSecretEnv names ${name}, which is not set`,
  );
};
const { EVERTURN_TLS_CERT: cert, EVERTURN_TLS_KEY: key } = env;
const tls = cert && key ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } : null;
/** Configuration as JSON is shown as the configuration that it is. */
const told = [...environmentNames].filter((name) => name !== 'EVERTURN_CONFIG');
const users = readUsers(config, env.EVERTURN_TOKEN, source);
const allowedHosts = env.EVERTURN_ALLOWED_HOSTS.split(',').filter(Boolean);
const store = openStore({ url: env.DATABASE_URL, patienceMs });
await checkVersion(store.database);
const listener = createListener(store.database);
// What Temporal is not needed for is served while it is away.
const connection = Connection.lazy(temporalConnectionOptions(env));
const project = projectId(env.EVERTURN_PROJECT, env.EVERTURN_PROJECT_ID);
const gateway = createGateway({
  project,
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  consoleUrl: env.EVERTURN_CONSOLE_URL,
});
const delivery = createDelivery(store, gateway, { scriptRuns: () => current.limits.scriptRuns });
let current = config;
let supervised: Omit<StackMessage, 'type'> | null = null;
process.on('message', (message) => {
  const { data } = StackMessage.safeParse(message);
  if (!data) return;
  const { type: _, ...told } = data;
  supervised = told;
});
process.channel?.unref();
const attachments = openAttachments({
  folder: attachmentsFolder(env),
  rows: store.attachments,
  limits: () => current.attachments,
});
const definitions = openDefinitions({
  project: env.EVERTURN_PROJECT,
  look: trust.look,
  models: () => modelChoice(current),
});
const app = await createApp({
  context: {
    store,
    listener,
    gateway,
    delivery,
    definitions,
    trust,
    attachments,
    retention: config.retention,
    configured: () => configuredOf(current, env.EVERTURN_OFFLINE_MODEL_URL),
    resolved: () => ({
      config: current,
      environment: environmentOf(told, { source, parsed: env, secrets: secretVariables }),
    }),
    supervised: () => supervised,
    variables: source,
    about: {
      version,
      get model() {
        return { label: modelNames(current)[0], offline: current.models.length === 0 };
      },
      temporalUi: env.TEMPORAL_UI_URL ?? null,
      workspace: env.EVERTURN_PROJECT,
    },
  },
  access: {
    token: env.EVERTURN_TOKEN,
    users,
    allowedHosts,
  },
  log,
  consoleUrl: env.EVERTURN_CONSOLE_URL,
  login:
    hasOidc && config.oidc
      ? {
          oidc: createOidc({
            config: config.oidc,
            secret: config.oidc.clientSecretEnv === undefined ? null : secretOfOidc(config.oidc.clientSecretEnv),
            consoleUrl: env.EVERTURN_CONSOLE_URL,
          }),
          hours: config.oidc.loginHours,
        }
      : null,
  tls,
  consoleFolder: env.EVERTURN_CONSOLE_FOLDER ?? fileURLToPath(new URL('../ui/dist', import.meta.url)),
});
checkBind({
  host: env.EVERTURN_API_HOST,
  consoleUrl: env.EVERTURN_CONSOLE_URL,
  hasTls: tls !== null,
  hasProxy: env.EVERTURN_PROXY === 'true',
  allowedHosts,
  hasUsers: hasOidc || users.length > 0 || (await store.users.list()).length > 0,
});
// Before anything else is started here, and before the supervisor starts the workers.
const upgrade = await startUpgrade(store, gateway, log);
const temporalUi =
  env.EVERTURN_TEMPORAL_UI_UPSTREAM === undefined
    ? null
    : await startTemporalUi({
        upstream: env.EVERTURN_TEMPORAL_UI_UPSTREAM,
        host: env.EVERTURN_API_HOST,
        port: env.EVERTURN_TEMPORAL_UI_PORT,
        sessions: createUiSessions({ token: env.EVERTURN_TOKEN, users }, store.users, env.EVERTURN_CONSOLE_URL),
        allowedHosts,
        tls,
      });
await app.listen({ host: env.EVERTURN_API_HOST, port: env.EVERTURN_API_PORT });
const reconciler = startReconciler(store, delivery, log);
const keeper = startSubagentKeeper({ store, gateway, limits: () => current.limits, log });
const turnKeeper = startTurnKeeper({ store, gateway, log });
const changeKeeper = startChangeKeeper({ store, gateway, log });
const runKeeper = startRunKeeper({
  store,
  listener,
  gateway,
  delivery,
  scriptAgents: () => current.limits.scriptAgents,
  log,
});
const schedules = startScheduleSync({ definitions, gateway, store, project, folder: env.EVERTURN_PROJECT, log });
const sweep = startAttachmentSweep(attachments, log);
const watch = watchWorkers({ store, connection, namespace: env.TEMPORAL_NAMESPACE, log });
const following = followConfig({
  told: env.EVERTURN_CONFIG,
  project: env.EVERTURN_PROJECT,
  source,
  config,
  log,
  record: store.configs.record,
  apply: async (followed) => {
    current = followed.config;
    // A key may be another one now.
    await delivery.keysCleared();
  },
});
process.send?.({ type: 'ready' });
log.info({ port: env.EVERTURN_API_PORT }, 'api is ready');
// Written at a process's exit otherwise, which a kill -9 leaves out. Does nothing where NODE_COMPILE_CACHE is unset.
flushCompileCache();

const stop = async (): Promise<void> => {
  await following.stop();
  watch.stop();
  await temporalUi?.close();
  await app.close();
  await upgrade.stop();
  await reconciler.stop();
  await keeper.stop();
  await turnKeeper.stop();
  await changeKeeper.stop();
  await runKeeper.stop();
  await schedules.stop();
  await sweep.stop();
  await attachments.close();
  await listener.close();
  await connection.close();
  await store.close();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
