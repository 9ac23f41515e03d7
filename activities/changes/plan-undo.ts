import { EverturnError } from '../../contracts/errors.ts';
import type { SetStep, StoredChange } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { quote } from '../tools/text.ts';
import { netSteps } from './draft.ts';
import { lookAt } from './look.ts';
import { nowDiff } from './now-diff.ts';
import type { Planned } from './plan-staged.ts';
import type { ChangeQueue } from './queue.ts';
import { Conflict, changed, isSame, resolveAgain, type WriteContext } from './write.ts';

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

const lastOf = (changes: readonly StoredChange[], path: string): StoredChange | undefined =>
  changes.findLast((change) => change.path === path || change.from === path);

/** Undoes changes, the newest first. Refused where someone has changed a file since, or a later change is not undone too. */
export const planUndo = async (
  { queue, place, sessionId }: Scope,
  changes: readonly StoredChange[],
): Promise<Planned> => {
  const steps = backwards(changes);
  const conflicts: Planned['conflicts'] = [];
  for (const { path, before } of netSteps(steps)) {
    const last = lastOf(changes, path);
    if (!last) continue;
    const [later] = await queue.appliedAfter(
      sessionId,
      last.number,
      [path],
      changes.map(({ id }) => id),
    );
    if (later) {
      const reason = `${quote(path)} was changed again by change ${later.number}: undo that one first, or all since change ${last.number}`;
      conflicts.push({ id: last.id, reason });
      continue;
    }
    try {
      const seen = await lookAt(await resolveAgain(place, path), place);
      if (isSame(seen, before)) continue;
      const base = before && ((await queue.contents(sessionId, [before.hash])).get(before.hash) ?? null);
      conflicts.push({
        id: last.id,
        reason: `${quote(path)}: ${changed(seen, before)}, by someone else${nowDiff(path, base, seen)}`,
      });
    } catch (error) {
      const isOfPath = error instanceof Conflict || error instanceof EverturnError;
      const reason = isOfPath ? error.message : explainErrno(error);
      if (reason === undefined) throw error;
      conflicts.push({ id: last.id, reason: `${quote(path)}: ${reason}` });
    }
  }
  return { steps, contents: new Map(), conflicts };
};
