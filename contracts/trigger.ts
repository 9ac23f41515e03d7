import type { Trigger } from './flow.ts';
import type { NodeStatus } from './runs.ts';

/** What a rule says of the states of a step's needs. */
export type Verdict = 'run' | 'skip' | 'exclude' | 'wait';

const settled: readonly NodeStatus[] = ['completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out'];
const bad: readonly NodeStatus[] = ['failed', 'cancelled', 'timed_out'];

export const isSettled = (status: NodeStatus): boolean => settled.includes(status);
export const isBad = (status: NodeStatus): boolean => bad.includes(status);

/** A step that does not run is excluded if only exclusions keep it from running. */
const unrun = (needs: readonly NodeStatus[]): Verdict =>
  needs.some((status) => isBad(status) || status === 'skipped') ? 'skip' : 'exclude';

/**
 * The truth table of docs/flows.md. A skipped or excluded need is neither a success nor a failure. Every verdict but
 * the early start of `one_success` waits until all needs have settled, so that none depends on their order.
 */
export const judge = (trigger: Trigger, needs: readonly NodeStatus[]): Verdict => {
  if (trigger === 'one_success' && needs.includes('completed')) return 'run';
  if (!needs.every(isSettled)) return 'wait';
  if (needs.length === 0) return 'run';
  switch (trigger) {
    case 'all_success':
      return needs.every((status) => status === 'completed') ? 'run' : unrun(needs);
    case 'one_success':
      return unrun(needs);
    case 'none_failed':
      return needs.some(isBad) ? 'skip' : 'run';
    case 'all_done':
    case 'always':
      return 'run';
  }
};
