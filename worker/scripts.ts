import '../runtime/check-node.cjs';
import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import os from 'node:os';
import { NativeConnection } from '@temporalio/worker';
import { offeredTools } from '../activities/tools/registry.ts';
import { modelChoice } from '../contracts/config/models.ts';
import type { Config } from '../contracts/config.ts';
import { modelSettingsOf } from '../contracts/model-settings.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { createFindScript } from '../definitions/find-script.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createLogger } from '../runtime/log.ts';
import { readSource } from '../runtime/secrets.ts';
import { untilWanted } from '../runtime/spare.ts';
import { temporalConnectionOptions } from '../runtime/temporal.ts';
import { checkVersion } from '../store/check-version.ts';
import { openStore } from '../store/store.ts';
import { startConfig } from '../trust/config.ts';
import { followConfig } from '../trust/follow-config.ts';
import { openTrust } from '../trust/trust.ts';
import { ensureBundle } from './bundle.ts';
import { bundleFolder } from './bundle-folder.ts';
import { connectEarly } from './connect-early.ts';
import { installRuntime } from './install-runtime.ts';
import { type ScriptWorkerSettings, startScriptWorker } from './script-worker.ts';

/** A script waits while Postgres restarts. */
const patienceMs = 60_000;

const source = readSource();
const env = readEnvironment(source);
const log = createLogger({ name: 'scripts', level: env.EVERTURN_LOG_LEVEL });
installRuntime(log);
const { config } = startConfig(env.EVERTURN_PROJECT, env.EVERTURN_CONFIG);
let current = config;
const store = openStore({ url: env.DATABASE_URL, patienceMs, max: 8, byKey: true });
const temporal = temporalConnectionOptions(env);
const connecting = connectEarly(temporal);
const bundlePath = await ensureBundle(bundleFolder(env.EVERTURN_PROJECT), 'scripts');
const early = await connecting;
await untilWanted();
const [connection] = await Promise.all([early ?? NativeConnection.connect(temporal), checkVersion(store.database)]);
const settingsOf = (from: Config): ScriptWorkerSettings => ({
  models: modelChoice(from),
  tools: offeredTools(from),
  concurrency: from.limits.agentsPerRun,
  agentMinutes: from.limits.agentMinutes,
  modelSettings: modelSettingsOf(from),
});
const worker = await startScriptWorker({
  store,
  temporal,
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  bundlePath,
  workerId: env.EVERTURN_WORKER_ID ?? `${os.hostname()}-${process.pid}-${randomUUID()}`,
  ...settingsOf(config),
  findScript: createFindScript(
    openDefinitions({
      project: env.EVERTURN_PROJECT,
      look: openTrust(env.EVERTURN_PROJECT).look,
      models: () => modelChoice(current),
    }),
  ),
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
  apply: (followed) => {
    current = followed.config;
    worker.reload(settingsOf(current));
  },
});
process.send?.({ type: 'ready' });
log.info('worker is ready');
flushCompileCache();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop());
await worker.ended;
await following.stop();
await store.close();
