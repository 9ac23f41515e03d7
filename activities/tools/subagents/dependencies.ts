import type { FindAgent } from '../../../contracts/find-agent.ts';
import type { ModelChoice } from '../../../contracts/models.ts';
import type { SubagentLimits } from '../../../contracts/subagents.ts';
import type { Store } from '../../../store/store.ts';

export type SubagentToolDependencies = {
  store: Store;
  findAgent: FindAgent;
  models: ModelChoice;
  limits: SubagentLimits;
  /** Names of tools that people and servers add. Default: none. */
  otherTools?: () => string[];
};
