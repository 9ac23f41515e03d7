import { hasEnded } from '../../../contracts/run-view.ts';
import type { DeclaredStep, ItemCounts, NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { tokens } from '../../parts/model/format.ts';

/** Neighbours that wait for the same. */
export type StepGroup = { needs: string[]; steps: DeclaredStep[] };

/** Steps in declared order; those beside each other that need the same are one group. */
export const groupsOf = (steps: readonly DeclaredStep[]): StepGroup[] => {
  const groups: StepGroup[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const same = last?.needs.length === step.needs.length && step.needs.every((need) => last.needs.includes(need));
    if (last && same) last.steps.push(step);
    else groups.push({ needs: step.needs, steps: [step] });
  }
  return groups;
};

/** By step: the branches that list it, such as `route: case 2`, and whether the switch took another one. */
export const branchesOf = (steps: readonly DeclaredStep[]): Record<string, { label: string; when: string }[]> => {
  const found: Record<string, { label: string; when: string }[]> = {};
  const add = (step: string, label: string, when: string): void => {
    found[step] = [...(found[step] ?? []), { label, when }];
  };
  for (const { id, kind, cases, default: otherwise } of steps) {
    if (kind !== 'switch') continue;
    cases.forEach(({ label, when, steps: members }, at) => {
      for (const member of members) add(member, `${id}: ${label ?? `case ${at + 1}`}`, when);
    });
    for (const member of otherwise) add(member, `${id}: default`, 'when no case matches');
  }
  return found;
};

/** What a switch took, in words. */
export const chosenWords = ({ cases }: DeclaredStep, chosen: number): string => {
  if (chosen === -2) return 'no case matched';
  if (chosen === -1) return 'took the default';
  const taken = cases[chosen];
  return `took ${taken?.label ?? `case ${chosen + 1}`}${taken ? `: ${taken.when}` : ''}`;
};

export const batchWords = (name: string, batches: RunView['batches']): string => {
  const batch = batches.find((other) => other.name === name);
  if (!batch) return `batch ${name}`;
  const join = typeof batch.join === 'number' ? `${batch.join} of them` : batch.join.replace('_', ' ');
  return `batch ${name}: ${batch.maxConcurrent} at once, joins ${join}`;
};

export const statusOf = (node: RunNode | undefined): NodeStatus => node?.status ?? 'pending';

/** The order in which counts are told and bars are drawn. */
export const countOrder: readonly NodeStatus[] = [
  'completed',
  'failed',
  'timed_out',
  'cancelled',
  'skipped',
  'excluded',
  'waiting',
  'running',
  'pending',
];

export const totalOf = (counts: ItemCounts): number =>
  Object.values(counts).reduce((sum: number, value) => sum + (value ?? 0), 0);

export const doneOf = (counts: ItemCounts): number =>
  countOrder.filter(hasEnded).reduce((sum, status) => sum + (counts[status] ?? 0), 0);

/** `12 of 20 steps` for the head of a run. */
export const progressOf = ({ steps, nodes }: RunView): { done: number; total: number } => ({
  done: steps.filter(({ id }) => hasEnded(statusOf(nodes[id]))).length,
  total: steps.length,
});

export const usedTokens = ({ usage }: RunNode): string => (usage ? tokens(usage.input + usage.output) : '');

/** A result as a person reads it: text as it is, all else as JSON. */
export const resultText = (output: unknown): string =>
  typeof output === 'string' ? output : (JSON.stringify(output, null, 2) ?? 'nothing');
