import { EverturnError } from '../../contracts/errors.ts';
import type { FileState, FileStep } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { Conflict, type Contents, carryOutStep, type WriteContext } from './write.ts';

/** `conflict`: a file is not what it was to be. `failed`: the system refused. In both, nothing of the set is left. */
export type Carried = { outcome: 'done' } | { outcome: 'conflict' | 'failed'; path: string; reason: string };

type Journal = { steps: readonly FileStep[]; contents: ReadonlyMap<string, Buffer> };

const reversed = ({ path, before, after, made }: FileStep): FileStep => ({
  path,
  before: after,
  after: before,
  ...(made === undefined ? {} : { made }),
});

/** Why a step could not be carried out; undefined for a defect in Everturn, and for failures that a retry may fix. */
const refusalOf = (error: unknown): { outcome: 'conflict' | 'failed'; reason: string } | undefined => {
  if (error instanceof Conflict) return { outcome: 'conflict', reason: error.message };
  const isOfPath = error instanceof EverturnError && ['tool_failed', 'path_outside_workspace'].includes(error.code);
  if (isOfPath) return { outcome: 'conflict', reason: error.message };
  const reason = explainErrno(error);
  return reason === undefined ? undefined : { outcome: 'failed', reason };
};

/**
 * Carries out the steps of a journal, as a whole or not at all: where one is refused, those before it are taken back. A
 * second run continues where the first was cut off. What someone has changed since we wrote it is left as it is.
 */
export const carryOut = async (place: WriteContext, { steps, contents }: Journal): Promise<Carried> => {
  const contentOf = (state: FileState | null): Buffer | null =>
    state === null ? null : (contents.get(state.hash) ?? null);
  const contentsOf = ({ before, after }: FileStep): Contents => ({
    before: contentOf(before),
    after: contentOf(after),
  });
  const back = async (done: readonly FileStep[]): Promise<void> => {
    for (const step of done.toReversed()) {
      const backward = reversed(step);
      await carryOutStep(place, backward, contentsOf(backward)).catch((error: unknown) => {
        if (!refusalOf(error)) throw error;
      });
    }
  };
  for (const [index, step] of steps.entries()) {
    try {
      await carryOutStep(place, step, contentsOf(step));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      // A first run may have come further than this one.
      await back(steps.toSpliced(index, 1));
      return { ...refusal, path: step.path };
    }
  }
  return { outcome: 'done' };
};
