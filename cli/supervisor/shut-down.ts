import { lockHolder, takeLock } from '../../runtime/lock.ts';
import { type EndStep, endProcess } from '../../runtime/processes.ts';
import { isOwnFolder } from '../../trust/data-folder.ts';
import { refuseForeign } from './claim.ts';
import { foldersOf, makeFolders } from './folders.ts';
import { stopLeftovers } from './leftovers.ts';
import { openRecord } from './record.ts';
import { emptyState } from './state.ts';

/** The supervisor's own bounds add up to less. */
const supervisorSteps: readonly EndStep[] = [
  { signal: 'SIGTERM', waitMs: 75_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

export type ShutDown = { supervisor: boolean; leftovers: string[] };

/** Stops the stack of a project, also one whose supervisor is gone. Says what there was to stop. Throws `data_foreign`. */
export const shutDown = async (project: string): Promise<ShutDown> => {
  const folders = foldersOf(project);
  if (!isOwnFolder(project)) {
    refuseForeign(folders);
    return { supervisor: false, leftovers: [] };
  }
  makeFolders(folders);
  const holder = lockHolder(folders.lock);
  if (holder) await endProcess(holder, supervisorSteps);
  const lock = takeLock(folders.lock);
  // Someone started it again at once: that is theirs.
  if (lock.holder !== null) return { supervisor: holder !== null, leftovers: [] };
  try {
    const record = openRecord(folders.state);
    const leftovers = await stopLeftovers(folders, record.read());
    record.update({ ...emptyState, ports: record.read().ports });
    return { supervisor: holder !== null, leftovers };
  } finally {
    lock.release();
  }
};
