import os from 'node:os';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/create-activities.ts';
import type { Models } from '../activities/model/models.ts';
import { builtInTools } from '../activities/tools/registry.ts';
import { createSubagentTools } from '../activities/tools/subagents/create-subagent-tools.ts';
import type { Tool } from '../activities/tools/tool.ts';
import type { FindFlow } from '../contracts/definition.ts';
import type { FindAgent } from '../contracts/find-agent.ts';
import type { SubagentLimits } from '../contracts/subagents.ts';
import { watchWorkers } from '../runtime/recovery.ts';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import { startLiveness } from './liveness.ts';

export type WorkerOptions = {
  store: Store;
  temporal: TemporalConnectionOptions;
  namespace: string;
  taskQueue: string;
  bundlePath: string;
  workerId: string;
  models: Models;
  commandEnv: Record<string, string>;
  commandSeconds: number;
  stepsPerTurn: number;
  /** Opened and closed by the caller. */
  sandbox: Sandbox;
  findFlow: FindFlow;
  findAgent: FindAgent;
  subagentLimits: SubagentLimits;
  /** Where runs of a schedule work. */
  workspace: string;
  log: Logger;
  /** Default: the built-in ones. */
  tools?: readonly Tool[];
  /** Workflows kept in memory between their tasks. 0 replays each from its start at every task. Default 500. */
  maxCachedWorkflows?: number;
};

export type RunningWorker = {
  /** Settles when the worker has ended: after `stop`, or with the error that ended it. */
  readonly ended: Promise<void>;
  /** Takes no more work and lets what runs end, for 10 s. */
  stop(): Promise<void>;
};

/** Sticky tasks of a worker that died wait so long for it, where nobody resets them. */
const stickyQueueScheduleToStartTimeout = '2s';

export const startWorker = async (options: WorkerOptions): Promise<RunningWorker> => {
  const { store, namespace, workerId, log, maxCachedWorkflows = 500 } = options;
  const connection = await NativeConnection.connect(options.temporal);
  // Used by recovery alone, seconds after the start.
  const client = Connection.lazy(options.temporal);
  const creating = Worker.create({
    connection,
    namespace,
    taskQueue: options.taskQueue,
    identity: workerId,
    workflowBundle: { codePath: options.bundlePath },
    activities: createActivities({
      store,
      workerId,
      models: options.models,
      tools: [
        ...(options.tools ?? builtInTools),
        ...createSubagentTools({
          store,
          findAgent: options.findAgent,
          models: options.models.names,
          limits: options.subagentLimits,
        }),
      ],
      commandEnv: options.commandEnv,
      commandSeconds: options.commandSeconds,
      stepsPerTurn: options.stepsPerTurn,
      subagentLimits: options.subagentLimits,
      sandbox: options.sandbox,
      findFlow: options.findFlow,
      workspace: options.workspace,
      quickSteps: maxCachedWorkflows > 0,
    }),
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: 200,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    stickyQueueScheduleToStartTimeout,
    shutdownGraceTime: '10s',
  });
  const registering = store.workers.register({ id: workerId, kind: 'agents', pid: process.pid, host: os.hostname() });
  const [worker] = await Promise.all([creating, registering]);
  const liveness = startLiveness(store, { id: workerId, kind: 'agents' });
  const watch = watchWorkers({ store, connection: client, namespace, log });

  const end = async (): Promise<void> => {
    try {
      await worker.run();
    } finally {
      watch.stop();
      await liveness.stop();
      await client.close();
      await connection.close();
    }
  };
  const ended = end();
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
};
