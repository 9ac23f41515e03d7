import type { Attachments } from '../attachments/attachments.ts';
import type { AutoFixSettings } from '../contracts/auto-fix.ts';
import type { ConfigChange } from '../contracts/config-changes.ts';
import type { ContextSettings } from '../contracts/context/settings.ts';
import type { FindFlow } from '../contracts/definition.ts';
import type { SubagentLimits } from '../contracts/subagents.ts';
import type { TurnLimits } from '../contracts/turn-limits.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import type { Models } from './model/models.ts';
import type { FileRules } from './permissions/rules.ts';
import type { Keeper } from './tools/background/keeper.ts';
import type { Confinement } from './tools/confine/confinement.ts';
import type { Tool } from './tools/tool.ts';
import type { DeltaWriter } from './turn/delta-writer.ts';
import type { Lease } from './turn/lease.ts';

/** What the activities are made of; opened and closed by the worker. */
export type Dependencies = {
  store: Store;
  /** Writes what attempts stream; one for the whole process. */
  deltas: DeltaWriter;
  /** Names this process in the record of open attempts. */
  workerId: string;
  lease: Lease;
  models: Models;
  tools: readonly Tool[];
  attachments: Pick<Attachments, 'add' | 'limits'>;
  /** Permission rules of everturn.yaml and of the user's own file, as they are now. */
  fileRules: () => FileRules;
  /** All that commands see of the environment. */
  commandEnv: Record<string, string>;
  confinement: Confinement;
  commandSeconds: number;
  /** Keeps commands in the background. */
  background: Keeper;
  turnLimits: TurnLimits;
  context: ContextSettings;
  /** What a step does when every key it could ask is marked. */
  allKeysMarked: 'fail' | 'wait';
  /** That a step waits for keys in all. */
  waitSeconds: number;
  /** Changes of everturn.yaml that took effect, oldest first. */
  configChanges: readonly ConfigChange[];
  subagentLimits: SubagentLimits;
  /** What is checked after steps that wrote. */
  autoFix: AutoFixSettings;
  /** Evaluates what flows say. */
  sandbox: Sandbox;
  findFlow: FindFlow;
  /** Of scripts, over all runs. */
  agentsAtOnce: number;
  /** Where runs of a schedule work. */
  workspace: string;
  /** The identity of the project whose files are here. */
  project: string;
  /** Whether short code may run in workflow tasks. A worker that keeps no workflow in memory loses such activities. */
  quickSteps: boolean;
};
