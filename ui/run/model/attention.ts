import type { ItemCounts, NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { callName } from './phases.ts';
import { statusOf } from './steps.ts';

export type Attention = { step: string; name: string; node: RunNode };

/** What an operator looks at first. */
const order: readonly NodeStatus[] = ['waiting', 'failed', 'timed_out', 'running'];

/** What waits, has failed or runs, in this order. */
export const attentionOf = ({ nodes, script }: Pick<RunView, 'nodes' | 'script'>): Attention[] =>
  Object.values(nodes)
    .filter(({ status, index }) => index === null && order.includes(status))
    .map((node) => ({ step: node.step, name: script ? callName(node) : node.step, node }))
    .toSorted((a, b) => order.indexOf(a.node.status) - order.indexOf(b.node.status));

/** How many steps or calls stand how. */
export const countsOf = ({ steps, nodes, script }: Pick<RunView, 'steps' | 'nodes' | 'script'>): ItemCounts => {
  const counts: ItemCounts = {};
  const statuses = script
    ? Object.values(nodes).map(({ status }) => status)
    : steps.map(({ id }) => statusOf(nodes[id]));
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
