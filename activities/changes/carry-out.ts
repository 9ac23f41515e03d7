import { EverturnError } from '../../contracts/errors.ts';
import { severalAtOnce } from '../../contracts/several-at-once.ts';
import type { FileState, FileStep } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { flushFolders } from './flush-folders.ts';
import { independent } from './independent.ts';
import { Conflict, type Contents, carryOutStep, openSite, type Site, tidy, type WriteContext } from './write.ts';

/** `conflict`: a file is not what it was to be. `failed`: the system refused. In both, nothing of the set is left. */
export type Carried = { outcome: 'done' } | { outcome: 'conflict' | 'failed'; path: string; reason: string };

type Refused = Exclude<Carried, { outcome: 'done' }>;
type Journal = { steps: readonly FileStep[]; contents: ReadonlyMap<string, Buffer> };

const reversed = ({ path, before, after, made }: FileStep): FileStep => ({
  path,
  before: after,
  after: before,
  ...(made === undefined ? {} : { made }),
});

/** Why a step could not be carried out; undefined for a defect of ours, and for what may go better another time. */
const refusalOf = (error: unknown): Omit<Refused, 'path'> | undefined => {
  if (error instanceof Conflict) return { outcome: 'conflict', reason: error.message };
  const isOfPath = error instanceof EverturnError && ['tool_failed', 'path_outside_workspace'].includes(error.code);
  if (isOfPath) return { outcome: 'conflict', reason: error.message };
  const reason = explainErrno(error);
  return reason === undefined ? undefined : { outcome: 'failed', reason };
};

const depthOf = (folder: string): number => folder.split('/').length;

/** Removes the folders that were made for files which are gone again: the deepest first, for one may hold another. */
const tidyAll = async (site: Site, steps: readonly FileStep[]): Promise<void> => {
  const gone = steps.flatMap(({ path, after, made }) => (after === null && made !== undefined ? [{ path, made }] : []));
  for (const { path, made } of gone.toSorted((one, other) => depthOf(other.made) - depthOf(one.made))) {
    await tidy(site, path, made).catch((error: unknown) => {
      if (!refusalOf(error)) throw error;
    });
  }
};

/**
 * Carries out the steps of a journal, as a whole or not at all: where one is refused, the others are taken back. A
 * second run continues where the first was cut off. What was changed since we wrote it stays as it is.
 */
export const carryOut = async (place: WriteContext, { steps, contents }: Journal): Promise<Carried> => {
  const site = openSite(place);
  const of = (state: FileState | null): Buffer | null => (state === null ? null : (contents.get(state.hash) ?? null));
  const contentsOf = ({ before, after }: FileStep): Contents => ({ before: of(before), after: of(after) });

  const attempt = async (step: FileStep): Promise<Refused | null> => {
    try {
      await carryOutStep(site, step, contentsOf(step));
      return null;
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return { ...refusal, path: step.path };
    }
  };

  /** The first refusal; after it, no further step is begun. */
  const attemptAll = async (all: readonly FileStep[]): Promise<Refused | null> => {
    let refused: Refused | null = null;
    for (const group of independent(all)) {
      await severalAtOnce(group, async (step) => {
        if (refused) return;
        const found = await attempt(step);
        refused ??= found;
      });
    }
    return refused;
  };

  const refused = await attemptAll(steps);
  // A first run may have come further than this one: all others are taken back, not only those that were begun.
  const back = refused ? steps.filter(({ path }) => path !== refused.path).map(reversed) : [];
  for (const step of back.toReversed()) await attempt(step);
  await tidyAll(site, refused ? back : steps);
  await flushFolders(place.workspace, steps);
  return refused ?? { outcome: 'done' };
};
