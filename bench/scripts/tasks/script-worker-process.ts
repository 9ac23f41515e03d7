import path from 'node:path';
import { offeredTools } from '../../../activities/tools/registry.ts';
import { modelChoice } from '../../../contracts/config/models.ts';
import { modelSettingsOf } from '../../../contracts/model-settings.ts';
import { openDefinitions } from '../../../definitions/definitions.ts';
import { createFindScript } from '../../../definitions/find-script.ts';
import { stackFolder } from '../../../files/places.ts';
import { loadConfig } from '../../../runtime/config.ts';
import { readEnvironment } from '../../../runtime/env.ts';
import { createLogger } from '../../../runtime/log.ts';
import { temporalConnectionOptions } from '../../../runtime/temporal.ts';
import { openStore } from '../../../store/store.ts';
import { ensureBundle } from '../../../worker/bundle.ts';
import { startScriptWorker } from '../../../worker/script-worker.ts';
import { serveTaskTimes } from './task-metrics.ts';

/** The worker of scripts, as worker/scripts.ts starts it, but that its tasks are timed and its cache can be taken away. */
const env = readEnvironment();
await serveTaskTimes(Number(process.env.BENCH_PORT), 'script');
const config = loadConfig(env.EVERTURN_PROJECT);
const store = openStore({ url: env.DATABASE_URL, patienceMs: 60_000, max: 10 });
const worker = await startScriptWorker({
  store,
  temporal: temporalConnectionOptions(env),
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue: env.EVERTURN_TASK_QUEUE,
  bundlePath: await ensureBundle(path.join(stackFolder(env.EVERTURN_PROJECT), 'cache'), 'scripts'),
  workerId: `${env.EVERTURN_TASK_QUEUE}-${process.pid}`,
  models: modelChoice(config),
  tools: offeredTools(config),
  findScript: createFindScript(openDefinitions({ project: env.EVERTURN_PROJECT })),
  agentMinutes: config.limits.agentMinutes,
  modelSettings: modelSettingsOf(config),
  concurrency: config.limits.agentsPerRun,
  maxCachedWorkflows: Number(process.env.BENCH_CACHED),
  log: createLogger({ name: 'scripts', level: env.EVERTURN_LOG_LEVEL }),
});
process.send?.({ type: 'ready' });
process.once('SIGTERM', () => void worker.stop());
await worker.ended;
await store.close();
process.exit(0);
