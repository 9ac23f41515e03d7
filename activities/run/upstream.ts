import type { StepAttempt } from './attempt.ts';

/** Outputs that a step can depend on beside its prompt: what an agent or a user finds in the workspace comes from there. */
export const upstream = async ({ known, step, item }: StepAttempt): Promise<unknown> => {
  const { flow } = known;
  if (item || !flow) return null;
  const membersOf = (group: string) =>
    flow.steps.filter((one) => 'batch' in one && one.batch === group).map(({ id }) => id);
  const needs = step.needs.flatMap((need) => (need in flow.batches ? membersOf(need) : [need]));
  const results = await known.results(needs);
  return needs.map((need) => [need, results.get(need)?.hash ?? null]);
};
