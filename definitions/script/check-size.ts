import { largeRun } from '../../contracts/script-limits.ts';
import { estimateAgents } from './estimate.ts';
import type { Tell } from './findings.ts';
import type { ScriptTree } from './tree.ts';

/** A large run, as far as the source tells. */
export const checkSize = (tree: ScriptTree, tell: Tell): void => {
  const { agents, orMore } = estimateAgents(tree);
  const [first] = tree.calls
    .filter(({ name }) => name === 'agent')
    .map(({ node }) => node.start)
    .toSorted((a, b) => a - b);
  // Where only a run can tell, the person who allows it is told what there is at least.
  if (orMore || agents <= largeRun || first === undefined) return;
  tell(
    'warning',
    first,
    `${agents} agents: a run of more than ${largeRun} is large. Bound it with a budget (--budget-tokens, limits.runTokens)`,
  );
};
