import { EverturnError } from '../../contracts/errors.ts';
import { severalAtOnce } from '../../contracts/several-at-once.ts';
import type { FileStep, SetStep, StoredChange } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { quote } from '../tools/text.ts';
import { netSteps } from './draft.ts';
import { lookAt } from './look.ts';
import { nowDiff } from './now-diff.ts';
import type { Planned } from './plan-staged.ts';
import type { ChangeQueue } from './queue.ts';
import { Conflict, changed, isSame, openSite, resolveAgain, type WriteContext } from './write.ts';

type Scope = { queue: ChangeQueue; place: WriteContext; sessionId: string };

const backwards = (changes: readonly StoredChange[]): SetStep[] =>
  changes.toReversed().flatMap(({ id, steps }) =>
    (steps ?? []).toReversed().map(({ path, before, after, made }) => ({
      path,
      before: after,
      after: before,
      change: id,
      ...(made === undefined ? {} : { made }),
    })),
  );

const isAbout = (change: Pick<StoredChange, 'path' | 'from'>, path: string): boolean =>
  change.path === path || change.from === path;

const lastOf = (changes: readonly StoredChange[], path: string): StoredChange | undefined =>
  changes.findLast((change) => isAbout(change, path));

/** Undoes changes, the newest first. Refused where someone has changed a file since, or a later change is not undone too. */
export const planUndo = async (
  { queue, place, sessionId }: Scope,
  changes: readonly StoredChange[],
): Promise<Planned> => {
  const steps = backwards(changes);
  const net = netSteps(steps);
  const site = openSite(place);
  const applied = await queue.appliedAfter(
    sessionId,
    Math.min(...changes.map(({ number }) => number)),
    net.map(({ path }) => path),
    changes.map(({ id }) => id),
  );

  const conflictOf = async ({ path, before }: FileStep): Promise<Planned['conflicts'][number] | null> => {
    const last = lastOf(changes, path);
    if (!last) return null;
    const conflict = (reason: string) => ({ id: last.id, reason: `${quote(path)}${reason}` });
    const later = applied.find((one) => one.number > last.number && isAbout(one, path));
    if (later) {
      const advice = `undo that one first, or all since change ${last.number}`;
      return conflict(` was changed again by change ${later.number}: ${advice}`);
    }
    try {
      const seen = await lookAt(await resolveAgain(site, path), site);
      if (isSame(seen, before)) return null;
      const base = before && ((await queue.contents(sessionId, [before.hash])).get(before.hash) ?? null);
      return conflict(`: ${changed(seen, before)}, by someone else${nowDiff(path, base, seen)}`);
    } catch (error) {
      const isOfPath = error instanceof Conflict || error instanceof EverturnError;
      const reason = isOfPath ? error.message : explainErrno(error);
      if (reason === undefined) throw error;
      return conflict(`: ${reason}`);
    }
  };

  const conflicts = (await severalAtOnce(net, conflictOf)).filter((one) => one !== null);
  return { steps, contents: new Map(), kept: new Set(), conflicts };
};
