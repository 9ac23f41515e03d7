import {
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { SubagentOrder } from '../../contracts/activities.ts';
import { sessionOfSubagent, subagentWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import { cancelSubagentSignal, type SubagentInput } from './messages.ts';

/** Does what a call has written down. It is in Postgres: what fails here is done again by the API's process. */
export const notifySubagent = async (
  { id, action }: SubagentOrder,
  { sessionId, consoleUrl }: { sessionId: string; consoleUrl: string },
): Promise<void> => {
  try {
    if (action === 'cancel') {
      await getExternalWorkflowHandle(subagentWorkflowId(id)).signal(cancelSubagentSignal);
      return;
    }
    // The start of an abandoned child that is cancelled and then refused would never settle.
    await CancellationScope.nonCancellable(() =>
      startChild<(input: SubagentInput) => Promise<void>>('subagent', {
        workflowId: subagentWorkflowId(id),
        args: [{ id, parentSessionId: sessionId, consoleUrl }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: attributesOf({
          kind: 'subagent',
          session: sessionOfSubagent(id),
          parent: workflowInfo().workflowId,
        }),
        staticSummary: `Background agent ${id} of session ${sessionId}`,
      }),
    );
  } catch {
    // It is there already, has ended, or is not reached.
  }
};
