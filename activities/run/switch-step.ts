import type { Prepared } from '../../contracts/activities.ts';
import { defaultBranch, noBranch } from '../../contracts/graph.ts';
import { type StepAttempt, settled } from './attempt.ts';

/** Cases in their order, the first that holds is taken; otherwise the default, otherwise no branch at all. */
export const chooseBranch = async (attempt: StepAttempt): Promise<Prepared> => {
  const { step, evaluator } = attempt;
  if (step.kind !== 'switch') throw new Error(`The step ${step.id} is no switch`);
  let chosen = step.default === undefined ? noBranch : defaultBranch;
  for (const [place, { when }] of step.cases.entries()) {
    if (!(await evaluator.evaluate({ kind: 'expression', text: when, field: `cases[${place}].when` }))) continue;
    chosen = place;
    break;
  }
  const taken = chosen === noBranch ? null : chosen === defaultBranch ? 'default' : chosen;
  const label = step.cases[chosen]?.label ?? (chosen === defaultBranch ? 'default' : null);
  const patch = { chosen, ...(label === null ? {} : { label }) };
  return settled(await attempt.complete({ case: taken, label }, patch), chosen);
};
