import type { Logger } from 'pino';
import { createActivities } from '../activities/create-activities.ts';
import type { Models } from '../activities/model/models.ts';
import type { Confinement } from '../activities/tools/confine/confinement.ts';
import { builtInTools } from '../activities/tools/registry.ts';
import { createScriptTools } from '../activities/tools/scripts/create-script-tools.ts';
import { createSubagentTools } from '../activities/tools/subagents/create-subagent-tools.ts';
import type { Tool } from '../activities/tools/tool.ts';
import { createDeltaWriter } from '../activities/turn/delta-writer.ts';
import { createLease } from '../activities/turn/lease.ts';
import type { FindFlow, FindScript } from '../contracts/definition.ts';
import type { FindAgent } from '../contracts/find-agent.ts';
import type { SubagentLimits } from '../contracts/subagents.ts';
import { type TurnLimits, turnLimits } from '../contracts/turn-limits.ts';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import { payloadConverterPath } from './bundle.ts';
import { type RunningWorker, runWorker } from './running.ts';

export type { RunningWorker };

export type WorkerOptions = {
  store: Store;
  temporal: TemporalConnectionOptions;
  namespace: string;
  taskQueue: string;
  bundlePath: string;
  workerId: string;
  models: Models;
  commandEnv: Record<string, string>;
  confinement: Confinement;
  commandSeconds: number;
  /** What turns are held to. Default: that of everturn.yaml. */
  turnLimits?: Partial<TurnLimits>;
  /** That a provider may ask to wait. Default: two days. */
  waitSeconds?: number;
  /** Opened and closed by the caller. */
  sandbox: Sandbox;
  findFlow: FindFlow;
  findScript: FindScript;
  findAgent: FindAgent;
  subagentLimits: SubagentLimits;
  /** Of scripts, over all runs. Default 64. */
  agentsAtOnce?: number;
  /** Where runs of a schedule work. */
  workspace: string;
  log: Logger;
  /** Default: the built-in ones. */
  tools?: readonly Tool[];
  /** Workflows kept in memory between their tasks. 0 replays each from its start at every task. Default 500. */
  maxCachedWorkflows?: number | undefined;
};

export const startWorker = async (options: WorkerOptions): Promise<RunningWorker> => {
  const { store, workerId, maxCachedWorkflows = 500 } = options;
  const deltas = createDeltaWriter({ store });
  const lease = createLease(() => store.workers.beat(workerId));
  const { ended: workerEnded, stop } = await runWorker(
    { ...options, kind: 'agents', lease },
    {
      taskQueue: options.taskQueue,
      workflowBundle: { codePath: options.bundlePath },
      dataConverter: { payloadConverterPath },
      activities: createActivities({
        store,
        deltas,
        workerId,
        lease,
        models: options.models,
        tools: [
          ...(options.tools ?? builtInTools),
          ...createSubagentTools({
            store,
            findAgent: options.findAgent,
            models: options.models.names,
            limits: options.subagentLimits,
          }),
          ...createScriptTools({ store, findScript: options.findScript }),
        ],
        commandEnv: options.commandEnv,
        confinement: options.confinement,
        commandSeconds: options.commandSeconds,
        turnLimits: { ...turnLimits, ...options.turnLimits },
        waitSeconds: options.waitSeconds ?? 172_800,
        subagentLimits: options.subagentLimits,
        sandbox: options.sandbox,
        findFlow: options.findFlow,
        workspace: options.workspace,
        agentsAtOnce: options.agentsAtOnce ?? 64,
        quickSteps: maxCachedWorkflows > 0,
      }),
      maxCachedWorkflows,
      maxConcurrentActivityTaskExecutions: 200,
      maxHeartbeatThrottleInterval: '1s',
      defaultHeartbeatThrottleInterval: '1s',
    },
  );
  const ended = workerEnded.finally(() => deltas.close());
  return {
    ended,
    async stop() {
      await stop();
      await ended;
    },
  };
};
