import type { Store } from '../store/store.ts';
import type { Models } from './model/models.ts';
import type { Tool } from './tools/tool.ts';

/** What the activities are made of; opened and closed by the worker. */
export type Dependencies = {
  store: Store;
  /** Names this process in the record of open attempts. */
  workerId: string;
  models: Models;
  tools: readonly Tool[];
  /** All that commands see of the environment. */
  commandEnv: Record<string, string>;
  commandSeconds: number;
  /** Model requests in one turn. */
  stepsPerTurn: number;
};
