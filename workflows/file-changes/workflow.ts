import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../../contracts/activities.ts';
import { briefPolicy } from '../policies.ts';
import type { FileChangesInput } from './messages.ts';

const { settleFileChanges } = proxyActivities<Activities>(briefPolicy);

/** Applies or undoes the changes of files that a user has named. */
export async function fileChanges({ key, sessionId, consoleUrl }: FileChangesInput): Promise<void> {
  setCurrentDetails(`[Open the session in the console](${consoleUrl}/s/${sessionId})`);
  await settleFileChanges({ key });
}
