import type { FindScript } from '../../contracts/definition.ts';
import type { ModelChoice } from '../../contracts/models.ts';
import type { Store } from '../../store/store.ts';
import type { KnownTool } from './known-tools.ts';

/** What the activities of scripts are made of; opened and closed by their worker. */
export type ScriptDependencies = {
  store: Store;
  models: ModelChoice;
  /** Those that come with Everturn. */
  tools: readonly KnownTool[];
  findScript: FindScript;
  /** All that everturn.yaml says of a model that can change its replies, as text. */
  modelSettings: (name: string) => string;
  /** Of one attempt of an agent, where its call does not say. */
  agentMinutes: number;
  /** Agents at once, where a run does not say. */
  concurrency: number;
  /** Whether what the calls' own workflows do may run as local activities: not where workers keep no workflow in memory. */
  quickSteps: boolean;
};
