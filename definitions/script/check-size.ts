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
  if (agents <= largeRun || first === undefined) return;
  const words = `${agents}${orMore ? ' or more' : ''} agents`;
  tell(
    'warning',
    first,
    `${words}: a run of more than ${largeRun} is large. Bound it with a budget (--budget-tokens, limits.runTokens)`,
  );
};
