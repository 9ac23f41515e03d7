import type { Store } from '../store/store.ts';
import type { ModelClient } from './model/client.ts';
import type { Tool } from './tools/tool.ts';

/** What the activities are made of; opened and closed by the worker. */
export type Dependencies = {
  store: Store;
  /** Names this process in the record of open attempts. */
  workerId: string;
  model: ModelClient;
  tools: readonly Tool[];
  /** All that commands see of the environment. */
  commandEnv: Record<string, string>;
  commandSeconds: number;
  /** Model requests in one turn. */
  stepsPerTurn: number;
};
