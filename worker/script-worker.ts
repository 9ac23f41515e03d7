import { onlyForCallers, scriptActivityCallers } from '../activities/callers.ts';
import { failing } from '../activities/failing.ts';
import { createScriptActivities } from '../activities/script/create-script-activities.ts';
import type { ScriptDependencies } from '../activities/script/script-dependencies.ts';
import { createLease } from '../activities/turn/lease.ts';
import { scriptsQueue } from '../contracts/temporal.ts';
import { payloadConverterPath } from './bundle.ts';
import { createContentCodec } from './content-codec.ts';
import { latest } from './latest.ts';
import { type RunningWorker, type RunOptions, runWorker } from './running.ts';

export type ScriptWorkerOptions = Omit<RunOptions, 'kind'> &
  Omit<ScriptDependencies, 'quickSteps'> & {
    /** Of the agents; the scripts' own is named after it. */
    taskQueue: string;
    /** Of the scripts' workflows. */
    bundlePath: string;
    /** Scripts kept in memory between their tasks, some MB each. 0 replays each from its start at every task. Default 40. */
    maxCachedWorkflows?: number | undefined;
  };

/** A script that computes as long as it may must not keep the others from their turn. */
const tasksAtOnce = 4;
/** One that is kept by a call which nothing can interrupt leaves the other to the rest. */
const threads = 2;

/** What of everturn.yaml a scripts' worker works by; it may change while the worker runs. */
export type ScriptWorkerSettings = Pick<
  ScriptDependencies,
  'models' | 'tools' | 'concurrency' | 'agentMinutes' | 'modelSettings'
>;

export type ScriptWorker = RunningWorker & { reload(settings: ScriptWorkerSettings): void };

export const startScriptWorker = async ({
  maxCachedWorkflows = 40,
  ...options
}: ScriptWorkerOptions): Promise<ScriptWorker> => {
  let settings: ScriptWorkerSettings = options;
  const activities = latest(() =>
    failing(
      onlyForCallers(
        options.store,
        createScriptActivities({ ...options, ...settings, quickSteps: maxCachedWorkflows > 0 }),
        scriptActivityCallers,
      ),
    ),
  );
  const running = await runWorker(
    { ...options, kind: 'scripts', lease: createLease(() => options.store.workers.beat(options.workerId)) },
    {
      taskQueue: scriptsQueue(options.taskQueue),
      workflowBundle: { codePath: options.bundlePath },
      dataConverter: { payloadConverterPath, payloadCodecs: [createContentCodec(options.store)] },
      activities: activities.functions,
      maxCachedWorkflows,
      maxConcurrentWorkflowTaskExecutions: tasksAtOnce,
      workflowThreadPoolSize: threads,
      maxConcurrentActivityTaskExecutions: 50,
    },
  );
  return {
    ...running,
    reload: (renewed) => {
      settings = renewed;
      activities.renew();
    },
  };
};
