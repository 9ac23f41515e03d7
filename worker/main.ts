import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import os from 'node:os';
import { offeredTools } from '../activities/tools/registry.ts';
import { turnLimitsOf } from '../contracts/turn-limits.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { createFindAgent } from '../definitions/find-agent.ts';
import { createFindFlow } from '../definitions/find-flow.ts';
import { createFindScript } from '../definitions/find-script.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createLogger } from '../runtime/log.ts';
import { readSource } from '../runtime/secrets.ts';
import { temporalConnectionOptions } from '../runtime/temporal.ts';
import { openSandbox } from '../sandbox/sandbox.ts';
import { checkVersion } from '../store/check-version.ts';
import { openStore } from '../store/store.ts';
import { startConfig } from '../trust/config.ts';
import { openTrust } from '../trust/trust.ts';
import { ensureBundle } from './bundle.ts';
import { bundleFolder } from './bundle-folder.ts';
import { commandEnv } from './command-env.ts';
import { confineCommands, workerVariable } from './commands.ts';
import { installRuntime } from './install-runtime.ts';
import { modelsOf } from './model.ts';
import { startWorker } from './worker.ts';

/** A model call goes on while Postgres restarts: its result is kept until it can be sealed. */
const patienceMs = 120_000;

const source = readSource();
const env = readEnvironment(source);
const log = createLogger({ name: 'worker', level: env.EVERTURN_LOG_LEVEL });
installRuntime(log);
const { config } = startConfig(env.EVERTURN_PROJECT, env.EVERTURN_CONFIG);
const workerId = env.EVERTURN_WORKER_ID ?? `${os.hostname()}-${process.pid}-${randomUUID()}`;
const { confinement } = await confineCommands({ project: env.EVERTURN_PROJECT, config, workerId });
log.info({ kind: confinement.kind }, confinement.words);
const store = openStore({ url: env.DATABASE_URL, patienceMs, max: 8, byKey: true });
await checkVersion(store.database);
const sandbox = openSandbox();
const definitions = openDefinitions({ project: env.EVERTURN_PROJECT, look: openTrust(env.EVERTURN_PROJECT).look });
const worker = await startWorker({
  store,
  temporal: temporalConnectionOptions(env),
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  bundlePath: await ensureBundle(bundleFolder(env.EVERTURN_PROJECT)),
  workerId,
  models: modelsOf(config, env.EVERTURN_OFFLINE_MODEL_URL, source),
  tools: offeredTools(config),
  commandEnv: { ...commandEnv(config.commandEnv, source), [workerVariable]: workerId },
  confinement,
  commandSeconds: config.limits.commandSeconds,
  turnLimits: turnLimitsOf(config.limits),
  waitSeconds: config.limits.waitSeconds,
  sandbox,
  findFlow: createFindFlow(definitions),
  findScript: createFindScript(definitions),
  findAgent: createFindAgent(definitions),
  subagentLimits: config.limits,
  agentsAtOnce: config.limits.scriptAgents,
  workspace: env.EVERTURN_PROJECT,
  maxCachedWorkflows: env.EVERTURN_CACHED_WORKFLOWS,
  log,
});
process.send?.({ type: 'ready' });
log.info('worker is ready');
// Written at a process's exit otherwise, which a kill -9 leaves out. Does nothing where NODE_COMPILE_CACHE is unset.
flushCompileCache();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop());
await worker.ended;
await sandbox.close();
await store.close();
