import type { Prepared } from '../../contracts/activities.ts';
import type { StepAttempt } from './attempt.ts';
import { settled } from './attempt.ts';

/** Whether nothing is used again for a step: the re-run began with it, or it depends on where it began. */
const isFresh = ({ known, stepRef }: StepAttempt): boolean => {
  const { fromStep } = known.run;
  return fromStep !== null && (fromStep === stepRef.step || known.ancestors(stepRef.step).includes(fromStep));
};

/** The result of an earlier run with the same inputs, sealed as this one's. */
export const reuse = async (
  attempt: StepAttempt,
  inputHash: string,
  fits: (output: unknown) => boolean = () => true,
): Promise<Prepared | undefined> => {
  const { store, known, stepRef } = attempt;
  const { rerunOf } = known.run;
  if (rerunOf === null || isFresh(attempt)) return undefined;
  const found = await store.nodes.reusable(rerunOf, stepRef, inputHash);
  if (!found || !fits(found.output)) return undefined;
  return settled(await attempt.complete(found.output, { inputHash, reusedFrom: found.runId }));
};
