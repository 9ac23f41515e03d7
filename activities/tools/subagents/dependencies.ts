import type { FindAgent } from '../../../contracts/find-agent.ts';
import type { SubagentLimits } from '../../../contracts/subagents.ts';
import type { Store } from '../../../store/store.ts';

export type SubagentToolDependencies = {
  store: Store;
  findAgent: FindAgent;
  /** The names of the models that are configured. */
  models: readonly string[];
  limits: SubagentLimits;
};
