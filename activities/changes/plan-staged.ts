import { diffOf, withHunks } from '../../contracts/diff/hunks.ts';
import { rebased } from '../../contracts/diff/rebase.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { severalAtOnce } from '../../contracts/several-at-once.ts';
import type { FileState, SetStep, StoredChange } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { stepsOf } from './draft.ts';
import { lookAt } from './look.ts';
import { nowDiff } from './now-diff.ts';
import type { ChangeQueue } from './queue.ts';
import { hashOf, textOf } from './texts.ts';
import { Conflict, changed, openSite, resolveAgain, type WriteContext } from './write.ts';

type Current = (FileState & { bytes: Buffer }) | null;

/**
 * `contents`: those that are known, by their hash. `kept`: of these, the hashes of those that the queue holds. `conflicts`:
 * changes that the files as they are do not allow; then nothing is to be written.
 */
export type Planned = {
  steps: SetStep[];
  contents: Map<string, Buffer>;
  kept: ReadonlySet<string>;
  conflicts: { id: string; reason: string }[];
};

type Scope = { queue: ChangeQueue; place: WriteContext; sessionId: string };

/** The files as they are while one change after another is thought to be made. */
const createFiles = ({ place }: Scope) => {
  const site = openSite(place);
  const known = new Map<string, Promise<Current>>();
  const look = async (path: string): Promise<Current> => await lookAt(await resolveAgain(site, path), site);
  const at = (path: string): Promise<Current> => {
    const held = known.get(path) ?? look(path);
    known.set(path, held);
    return held;
  };
  return {
    at,
    set: (path: string, current: Current): void => void known.set(path, Promise.resolve(current)),
    /** What cannot be read says so where it is needed. */
    read: (paths: readonly string[]) => severalAtOnce(paths, (path) => at(path).catch(() => null)),
  };
};

const narrowed = (before: Buffer | null, after: Buffer, chosen: readonly number[] | null): Buffer => {
  const [old, fresh] = [before === null ? '' : textOf(before), textOf(after)];
  if (chosen === null || old === null || fresh === null) return after;
  return Buffer.from(withHunks(diffOf(old, fresh), new Set(chosen)));
};

/** What a change makes of a file; throws {@link Conflict}. */
const madeOf = async (
  { queue, sessionId }: Scope,
  change: StoredChange,
  { current, base, after }: { current: Current; base: Buffer | null; after: Buffer | null },
): Promise<Buffer | null> => {
  const source = change.from ?? change.path;
  const wanted = after && narrowed(base, after, change.chosen);
  if ((current?.hash ?? null) === change.baseHash) return wanted;
  const state = change.baseHash === null ? null : { hash: change.baseHash, mode: current?.mode ?? 0 };
  const isOurs = await queue.isOurs(sessionId, source, current?.hash ?? null);
  if (!isOurs)
    throw new Conflict(
      source,
      `${changed(current, state)}${nowDiff(source, base, current && { ...current, otherNames: 0 })}`,
    );
  const [old, fresh, now] = [base && textOf(base), wanted && textOf(wanted), current && textOf(current.bytes)];
  const moved =
    typeof old === 'string' && typeof fresh === 'string' && typeof now === 'string'
      ? rebased(diffOf(old, fresh), now)
      : null;
  if (moved !== null) return Buffer.from(moved);
  throw new Conflict(
    source,
    'it builds on another change, which is not applied. Apply that one before it, or reject this one',
  );
};

const reasonOf = (error: unknown): string | undefined => {
  if (error instanceof Conflict) return error.message;
  if (error instanceof EverturnError && ['tool_failed', 'path_outside_workspace'].includes(error.code))
    return error.message;
  return explainErrno(error);
};

/** Plans the changes of a set, in the order of the queue, on the files as they are. */
export const planStaged = async (scope: Scope, changes: readonly StoredChange[]): Promise<Planned> => {
  const files = createFiles(scope);
  const kept = await scope.queue.contents(
    scope.sessionId,
    changes.flatMap(({ baseHash, afterHash }) => [baseHash, afterHash].filter((hash) => hash !== null)),
  );
  await files.read(changes.map(({ from, path }) => from ?? path));
  const planned: Planned = { steps: [], contents: new Map(), kept: new Set(kept.keys()), conflicts: [] };
  for (const change of changes) {
    const { id, kind, path, from } = change;
    try {
      const current = await files.at(from ?? path);
      const content = (hash: string | null): Buffer | null => (hash === null ? null : (kept.get(hash) ?? null));
      const made = await madeOf(scope, change, {
        current,
        base: content(change.baseHash),
        after: content(change.afterHash),
      });
      if (from !== null && from !== path && (await files.at(path)) !== null) {
        throw new Conflict(path, 'there is a file of this name now');
      }
      const mode = kind === 'edit' && current !== null ? current.mode : (change.mode ?? 0o644);
      const after = made && { bytes: made, hash: hashOf(made), mode };
      const steps = stepsOf({
        kind,
        path,
        from,
        before: current && { hash: current.hash, mode: current.mode },
        after: after && { hash: after.hash, mode },
      });
      planned.steps.push(...steps.map((step) => ({ ...step, change: id })));
      if (current) planned.contents.set(current.hash, current.bytes);
      if (after) planned.contents.set(after.hash, after.bytes);
      if (from !== null) files.set(from, null);
      files.set(path, after);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      planned.conflicts.push({ id, reason });
    }
  }
  return planned;
};
