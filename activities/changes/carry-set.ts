import type { ChangeSet, EndedChange, NewSet, SetStep } from '../../store/file-changes.ts';
import { type Carried, carryOut } from './carry-out.ts';
import { netSteps } from './draft.ts';
import type { ChangeQueue } from './queue.ts';
import type { WriteContext } from './write.ts';

const hashesOf = (steps: readonly SetStep[]): string[] =>
  steps.flatMap(({ before, after }) => [before, after].flatMap((state) => (state === null ? [] : [state.hash])));

type Set = Pick<ChangeSet, 'kind' | 'changes' | 'words'> & { steps: readonly SetStep[] };

const endOf = (id: string, { kind, steps, words }: Set, carried: Carried): EndedChange => {
  const own = steps.filter(({ change }) => change === id);
  if (carried.outcome === 'done') {
    return kind === 'undo'
      ? { id, state: 'undone' }
      : {
          id,
          state: 'applied',
          steps: own.map(({ change: _, ...step }) => step),
          afterHash: own.find(({ after }) => after !== null)?.after?.hash ?? null,
        };
  }
  if (kind === 'undo') return { id, state: 'applied' };
  const isCause = own.some(({ path }) => path === carried.path);
  if (isCause) return { id, state: carried.outcome, reason: carried.reason };
  // Those that a user has staged stay in the queue; a call is over.
  if (words === null) return { id, state: 'pending' };
  return { id, state: 'failed', reason: `Not applied, for the call was refused as a whole: ${carried.path}` };
};

/** A call that is about one file has named it already. */
const reasonOf = ({ path, reason }: Exclude<Carried, { outcome: 'done' }>, { changes }: Set): string =>
  changes.length === 1 ? reason : `${JSON.stringify(path)}: ${reason}`;

/**
 * Carries out a set whose journal is written, and records its end. A second run continues where the first was cut off.
 * `known`: contents that need not be read again.
 */
export const carrySet = async (
  queue: Pick<ChangeQueue, 'contents' | 'end'>,
  place: WriteContext,
  set: Set & Pick<NewSet, 'key' | 'sessionId'> & { kind: 'apply' | 'undo' },
  known: ReadonlyMap<string, Buffer> = new Map(),
): Promise<Carried> => {
  const { key, sessionId, kind, steps } = set;
  const net = netSteps(steps);
  const unknown = hashesOf(steps).filter((hash) => !known.has(hash));
  const contents = new Map([...known, ...(await queue.contents(sessionId, unknown))]);
  const carried = await carryOut(place, { steps: net, contents });
  for (const { path, made } of net) {
    const first = steps.find((step) => step.path === path);
    if (first && made !== undefined) first.made = made;
  }
  await queue.end({
    key,
    sessionId,
    kind,
    state: carried.outcome === 'done' ? 'done' : 'refused',
    reason: carried.outcome === 'done' ? null : reasonOf(carried, set),
    changes: set.changes.map((id) => endOf(id, set, carried)),
  });
  return carried;
};
