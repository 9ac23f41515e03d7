import type { FindScript } from '../../contracts/definition.ts';
import type { Store } from '../../store/store.ts';
import type { Tool } from '../tools/tool.ts';

/** What the activities of scripts are made of; opened and closed by their worker. */
export type ScriptDependencies = {
  store: Store;
  /** Names of the models of everturn.yaml, the first being asked where nobody says otherwise. */
  models: readonly string[];
  tools: readonly Tool[];
  findScript: FindScript;
  /** Agents at once, where a run does not say. */
  concurrency: number;
  /** Whether what the calls' own workflows do may run as local activities: not where workers keep no workflow in memory. */
  quickSteps: boolean;
};
