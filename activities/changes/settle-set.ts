import type { ChangeSet, StoredChange } from '../../store/file-changes.ts';
import { carrySet } from './carry-set.ts';
import { type Planned, planStaged } from './plan-staged.ts';
import { planUndo } from './plan-undo.ts';
import type { ChangeQueue } from './queue.ts';
import type { WriteContext } from './write.ts';

const taken = 'someone has decided about one of these changes in the meantime';

/** One after another, each with its file where there are several. */
const wordsOf = (conflicts: Planned['conflicts'], changes: readonly StoredChange[]): string =>
  conflicts
    .map(({ id, reason }) => {
      const path = changes.find((change) => change.id === id)?.path ?? '';
      return changes.length === 1 || reason.startsWith(JSON.stringify(path))
        ? reason
        : `${JSON.stringify(path)}: ${reason}`;
    })
    .join('\n');

type Asked = Pick<ChangeSet, 'key' | 'sessionId' | 'changes' | 'by'> & { kind: 'apply' | 'undo' };

/** Changes of a set that have already been decided: the first decision counts. */
const free = { apply: ['pending', 'conflict', 'failed', 'undone'], undo: ['applied'] } as const;

/** Plans a set that was asked for, and carries it out. The caller holds the lock of the workspace. */
export const settleSet = async (queue: ChangeQueue, place: WriteContext, asked: Asked): Promise<void> => {
  const { key, sessionId, kind } = asked;
  const changes = await queue.stored(sessionId, asked.changes);
  const refuse = (reason: string, ended: { id: string; reason: string }[]): Promise<void> =>
    queue.end({
      key,
      sessionId,
      kind,
      state: 'refused',
      reason,
      changes: kind === 'undo' ? [] : ended.map((one) => ({ ...one, state: 'conflict' as const, by: asked.by })),
    });
  const states: readonly string[] = free[kind];
  if (changes.length < asked.changes.length || changes.some(({ state }) => !states.includes(state))) {
    return await refuse(taken, []);
  }
  const scope = { queue, place, sessionId };
  const { steps, contents, kept, conflicts } =
    kind === 'undo' ? await planUndo(scope, changes) : await planStaged(scope, changes);
  if (conflicts.length > 0) return await refuse(wordsOf(conflicts, changes), conflicts);
  await queue.putContents(sessionId, new Map([...contents].filter(([hash]) => !kept.has(hash))));
  const set = { key, sessionId, kind, words: null, steps, changes: changes.map(({ id }) => id) };
  if (!(await queue.begin({ ...set, add: [] }))) return await refuse(taken, []);
  await carrySet(queue, place, set, contents);
};

/** Brings a set to its end, wherever it was left. */
export const finishSet = async (queue: ChangeQueue, place: WriteContext, key: string): Promise<void> =>
  await queue.locked(place.workspace, async () => {
    const set = await queue.findSet(key);
    if (!set || set.kind === 'stage') return;
    const { kind, steps } = set;
    if (set.state === 'asked') await settleSet(queue, place, { ...set, kind });
    if (set.state === 'applying' && steps) await carrySet(queue, place, { ...set, kind, steps });
  });
