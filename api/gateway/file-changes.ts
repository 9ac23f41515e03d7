import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { fileChangesWorkflowId } from '../../contracts/ids.ts';
import type { FileChangesInput } from '../../workflows/file-changes/messages.ts';
import { attributesOf, type Calls, isFound } from './calls.ts';

export const fileChangeCalls = ({ client, taskQueue, consoleUrl, within }: Calls) => ({
  /** Starts the workflow of a set of changes. Does nothing if it exists. */
  async startFileChanges({ key, sessionId }: { key: string; sessionId: string }): Promise<void> {
    const input: FileChangesInput = { key, sessionId, consoleUrl };
    try {
      await within('apply the changes', () =>
        client.workflow.start<(input: FileChangesInput) => Promise<void>>('fileChanges', {
          workflowId: fileChangesWorkflowId(key),
          taskQueue,
          args: [input],
          workflowTaskTimeout: '5s',
          // One that was ended from outside is restarted.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          typedSearchAttributes: attributesOf({ kind: 'fileChanges', session: sessionId }),
          staticSummary: `Changes of files in session ${sessionId}`,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },

  /** Waits until the changes of a set are applied or refused. Throws `temporal_unavailable` when that takes too long. */
  async fileChangesEnd(key: string): Promise<void> {
    await isFound(
      within('see the changes applied', () => client.workflow.getHandle(fileChangesWorkflowId(key)).result()),
    );
  },
});
