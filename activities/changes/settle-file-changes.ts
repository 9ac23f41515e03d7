import { dataFoldersOf } from '../../files/closed.ts';
import type { Dependencies } from '../dependencies.ts';
import { finishSet } from './settle-set.ts';

/** Brings a set of changes to its end. Idempotent by its key: the first end is kept. */
export const createSettleFileChanges =
  ({ store, workspace: project }: Pick<Dependencies, 'store' | 'workspace'>) =>
  async ({ key }: { key: string }): Promise<void> => {
    const set = await store.fileChanges.findSet(key);
    // A session that was deleted has nothing to apply.
    if (!set) return;
    const { workspace, sessionId } = set;
    await finishSet(store.fileChanges, { workspace, dataFolders: dataFoldersOf(project), idempotencyKey: key }, key);
    store.wake(sessionId);
  };
