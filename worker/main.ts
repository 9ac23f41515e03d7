import '../runtime/check-node.cjs';
import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import os from 'node:os';
import { NativeConnection } from '@temporalio/worker';
import { openAttachments } from '../attachments/attachments.ts';
import { modelChoice } from '../contracts/config/models.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { createFindAgent } from '../definitions/find-agent.ts';
import { createFindFlow } from '../definitions/find-flow.ts';
import { createFindScript } from '../definitions/find-script.ts';
import { openModelFacts } from '../definitions/model-facts.ts';
import { attachmentsFolder, readEnvironment } from '../runtime/env.ts';
import { createLogger } from '../runtime/log.ts';
import { useProxies } from '../runtime/proxies.ts';
import { readSource } from '../runtime/secrets.ts';
import { untilWanted } from '../runtime/spare.ts';
import { temporalConnectionOptions } from '../runtime/temporal.ts';
import { openSandbox } from '../sandbox/sandbox.ts';
import { checkVersion } from '../store/check-version.ts';
import { openStore } from '../store/store.ts';
import { startConfig } from '../trust/config.ts';
import { followConfig } from '../trust/follow-config.ts';
import { projectId } from '../trust/project-id.ts';
import { openTrust } from '../trust/trust.ts';
import { ensureBundle } from './bundle.ts';
import { bundleFolder } from './bundle-folder.ts';
import { confineCommands } from './commands.ts';
import { connectEarly } from './connect-early.ts';
import { installRuntime } from './install-runtime.ts';
import { settingsOf } from './settings.ts';
import { openExtensions } from './tools/extensions.ts';
import { startWorker, type WorkerSettings } from './worker.ts';

/** A model call continues while Postgres restarts: its result is kept until it can be sealed. */
const patienceMs = 120_000;

const source = readSource();
useProxies(source);
const env = readEnvironment(source);
const log = createLogger({ name: 'worker', level: env.EVERTURN_LOG_LEVEL });
installRuntime(log);
const { config } = startConfig(env.EVERTURN_PROJECT, env.EVERTURN_CONFIG);
let current = config;
const workerId = env.EVERTURN_WORKER_ID ?? `${os.hostname()}-${process.pid}-${randomUUID()}`;
const store = openStore({ url: env.DATABASE_URL, patienceMs, max: 8, byKey: true });
const attachments = openAttachments({
  folder: attachmentsFolder(env),
  rows: store.attachments,
  limits: () => current.attachments,
});
const loadImage = attachments.image;
const temporal = temporalConnectionOptions(env);
const connecting = connectEarly(temporal);
const sandbox = openSandbox();
const trust = openTrust(env.EVERTURN_PROJECT);
const definitions = openDefinitions({
  project: env.EVERTURN_PROJECT,
  look: trust.look,
  models: () => modelChoice(current),
});
const facts = openModelFacts({ project: env.EVERTURN_PROJECT });
for (const { file, line, column, path, message } of facts.files().flatMap(({ faults }) => faults)) {
  log.warn(`Left out: ${file}:${line}:${column} ${path}: ${message}`);
}
const bundlePath = await ensureBundle(bundleFolder(env.EVERTURN_PROJECT));
const early = await connecting;
// A spare worker waits here. Other processes notice what follows, and turns of a dead worker wait for it.
await untilWanted();
const [{ confinement }, connection] = await Promise.all([
  confineCommands({ project: env.EVERTURN_PROJECT, config, workerId }),
  early ?? NativeConnection.connect(temporal),
  checkVersion(store.database),
]);
log.info({ kind: confinement.kind }, confinement.words);
const offlineUrl = env.EVERTURN_OFFLINE_MODEL_URL;
const configChanges = await store.configs.taken();
const settings = settingsOf({ facts, config, source, offlineUrl, workerId, configChanges, loadImage });
const forgetOthers = ({ models }: WorkerSettings): Promise<void> =>
  store.keys.forgetOthers(models.clients.map(({ key }) => key));
await forgetOthers(settings);
const extensions = await openExtensions({
  store,
  project: env.EVERTURN_PROJECT,
  look: trust.look,
  confinement,
  workerId,
  log,
  config,
  source,
});
const worker = await startWorker({
  store,
  temporal,
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  bundlePath,
  workerId,
  ...settings,
  confinement,
  extensions,
  attachments,
  sandbox,
  findFlow: createFindFlow(definitions),
  findScript: createFindScript(definitions),
  findAgent: createFindAgent(definitions),
  workspace: env.EVERTURN_PROJECT,
  project: projectId(env.EVERTURN_PROJECT, env.EVERTURN_PROJECT_ID),
  maxCachedWorkflows: env.EVERTURN_CACHED_WORKFLOWS,
  log,
});
const following = followConfig({
  told: env.EVERTURN_CONFIG,
  project: env.EVERTURN_PROJECT,
  source,
  config,
  log,
  record: store.configs.record,
  apply: async ({ config: next, change, source: variables }) => {
    if (change && !configChanges.some(({ id }) => id === change.id)) configChanges.push(change);
    const renewed = settingsOf({
      facts,
      config: next,
      source: variables,
      offlineUrl,
      workerId,
      configChanges: [...configChanges],
      loadImage,
    });
    await forgetOthers(renewed);
    worker.reload(renewed);
    current = next;
    // A server may take its time to start; what it offers counts from then on.
    void extensions
      .reload(next, variables)
      .catch((error: unknown) => log.error({ err: error }, 'MCP servers cannot be used'));
  },
});
process.send?.({ type: 'ready' });
log.info('worker is ready');
// Written at a process's exit otherwise, which a kill -9 leaves out. Does nothing where NODE_COMPILE_CACHE is unset.
flushCompileCache();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop());
await worker.ended;
await following.stop();
await extensions.close();
await sandbox.close();
await attachments.close();
await store.close();
