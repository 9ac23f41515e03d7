import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/create-activities.ts';
import type { Models } from '../activities/model/models.ts';
import { createBackgroundTools } from '../activities/tools/background/create-background-tools.ts';
import { createKeeper } from '../activities/tools/background/keeper.ts';
import type { Confinement } from '../activities/tools/confine/confinement.ts';
import { createPeopleTools } from '../activities/tools/people/create-people-tools.ts';
import { builtInTools } from '../activities/tools/registry.ts';
import { createScriptTools } from '../activities/tools/scripts/create-script-tools.ts';
import { createSubagentTools } from '../activities/tools/subagents/create-subagent-tools.ts';
import type { Tool } from '../activities/tools/tool.ts';
import { createDeltaWriter } from '../activities/turn/delta-writer.ts';
import { createLease } from '../activities/turn/lease.ts';
import type { Attachments } from '../attachments/attachments.ts';
import { AutoFixSettings } from '../contracts/auto-fix.ts';
import type { ConfigChange } from '../contracts/config-changes.ts';
import { type ContextSettings, defaultContext } from '../contracts/context/settings.ts';
import type { FindFlow, FindScript } from '../contracts/definition.ts';
import type { FindAgent } from '../contracts/find-agent.ts';
import type { PermissionRule } from '../contracts/permissions/rule.ts';
import { costOf } from '../contracts/price.ts';
import type { RunDefaults } from '../contracts/run-defaults.ts';
import type { SubagentLimits } from '../contracts/subagents.ts';
import { type TurnLimits, turnLimits } from '../contracts/turn-limits.ts';
import { estimateRun } from '../definitions/script-file.ts';
import { configName } from '../runtime/config.ts';
import { openPersonalRules, type PersonalRules, placedRules } from '../runtime/personal-rules.ts';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import { payloadConverterPath } from './bundle.ts';
import { latest } from './latest.ts';
import { type RunningWorker, runWorker } from './running.ts';
import type { Extensions } from './tools/extensions.ts';

export type { RunningWorker };

/** What of everturn.yaml an agents' worker works by; it may change while the worker runs. */
export type WorkerSettings = {
  models: Models;
  commandEnv: Record<string, string>;
  commandSeconds: number;
  /** What turns are held to. Default: that of everturn.yaml. */
  turnLimits?: Partial<TurnLimits>;
  /** Default: as everturn.yaml has it. */
  context?: ContextSettings;
  /** Default: wait. */
  allKeysMarked?: 'fail' | 'wait';
  /** That a step waits for keys in all. Default: two days. */
  waitSeconds?: number;
  subagentLimits: SubagentLimits;
  /** Of scripts, over all runs. Default 64. */
  agentsAtOnce?: number;
  /** Of runs that agents start. Default: none. */
  runDefaults?: RunDefaults;
  /** Default: nothing is checked. */
  autoFix?: AutoFixSettings;
  /** Default: the built-in ones. */
  tools?: readonly Tool[];
  /** Rules of everturn.yaml. Default: none. */
  permissions?: readonly PermissionRule[];
  /** Changes of the configuration that took effect, oldest first. Default: none. */
  configChanges?: readonly ConfigChange[];
};

export type WorkerOptions = WorkerSettings & {
  store: Store;
  temporal: TemporalConnectionOptions;
  /** Closed with the worker. Default: one is opened. */
  connection?: NativeConnection | undefined;
  namespace: string;
  taskQueue: string;
  bundlePath: string;
  workerId: string;
  confinement: Confinement;
  /** Opened and closed by the caller. */
  attachments: Pick<Attachments, 'add' | 'limits'>;
  /** Opened and closed by the caller. */
  sandbox: Sandbox;
  findFlow: FindFlow;
  findScript: FindScript;
  findAgent: FindAgent;
  /** Opened and closed by the caller. Default: none. */
  extensions?: Extensions;
  /** The user's own rules. Default: those of their file. */
  personalRules?: () => PersonalRules;
  /** Where runs of a schedule work. */
  workspace: string;
  /** The identity of the project whose files are here. */
  project: string;
  log: Logger;
  /** Workflows kept in memory between their tasks. 0 replays each from its start at every task. Default 500. */
  maxCachedWorkflows?: number | undefined;
};

export type AgentsWorker = RunningWorker & {
  /** What begins from now on works by these; what runs continues as it began. */
  reload(settings: WorkerSettings): void;
};

/** Where none has run yet: mostly input, as agents read more than they write. */
const assumedAgent = ({ about, choice }: Models): { tokens: number; dollars: number | null } => {
  const [input, output] = [18_000, 2000];
  const price = about(choice.names[0] ?? '').facts.price?.value;
  return {
    tokens: input + output,
    dollars: price ? costOf({ input, output, cacheRead: 0, cacheWrite: 0 }, price) : null,
  };
};

export const startWorker = async (options: WorkerOptions): Promise<AgentsWorker> => {
  const { store, workerId, maxCachedWorkflows = 500 } = options;
  const deltas = createDeltaWriter({ store });
  const lease = createLease(() => store.workers.beat(workerId));
  const { personalRules = openPersonalRules() } = options;
  const background = createKeeper(store, workerId);
  let settings: WorkerSettings = options;
  const activities = latest(() =>
    createActivities({
      store,
      deltas,
      workerId,
      lease,
      models: settings.models,
      tools: [
        ...(settings.tools ?? builtInTools),
        ...createSubagentTools({
          store,
          findAgent: options.findAgent,
          models: settings.models.choice,
          limits: settings.subagentLimits,
          otherTools: () => (options.extensions?.tools() ?? []).map(({ name }) => name),
        }),
        ...createScriptTools({
          store,
          findScript: options.findScript,
          runDefaults: settings.runDefaults ?? {},
          estimate: estimateRun,
          assumed: assumedAgent(settings.models),
        }),
        ...(options.extensions?.tools() ?? []),
        ...createPeopleTools(store),
        ...createBackgroundTools(store),
      ],
      fileRules: () => {
        const { rules, faults } = personalRules();
        return { rules: [...rules, ...placedRules(settings.permissions ?? [], 'project', configName)], faults };
      },
      commandEnv: settings.commandEnv,
      confinement: options.confinement,
      attachments: options.attachments,
      commandSeconds: settings.commandSeconds,
      background,
      turnLimits: { ...turnLimits, ...settings.turnLimits },
      context: settings.context ?? defaultContext,
      allKeysMarked: settings.allKeysMarked ?? 'wait',
      waitSeconds: settings.waitSeconds ?? 172_800,
      configChanges: settings.configChanges ?? [],
      autoFix: settings.autoFix ?? AutoFixSettings.parse({}),
      subagentLimits: settings.subagentLimits,
      sandbox: options.sandbox,
      findFlow: options.findFlow,
      workspace: options.workspace,
      project: options.project,
      agentsAtOnce: settings.agentsAtOnce ?? 64,
      quickSteps: maxCachedWorkflows > 0,
    }),
  );
  options.extensions?.onChange(activities.renew);
  const { ended: workerEnded, stop } = await runWorker(
    { ...options, kind: 'agents', lease },
    {
      taskQueue: options.taskQueue,
      workflowBundle: { codePath: options.bundlePath },
      dataConverter: { payloadConverterPath },
      activities: activities.functions,
      maxCachedWorkflows,
      maxConcurrentActivityTaskExecutions: 200,
      maxHeartbeatThrottleInterval: '1s',
      defaultHeartbeatThrottleInterval: '1s',
    },
  );
  const ended = workerEnded.finally(() => background.close()).finally(() => deltas.close());
  return {
    ended,
    reload: (next) => {
      settings = next;
      activities.renew();
    },
    async stop() {
      await stop();
      await ended;
    },
  };
};
