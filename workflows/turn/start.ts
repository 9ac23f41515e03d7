import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, TurnStart } from '../../contracts/activities.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { searchAttributes } from '../../contracts/temporal.ts';
import { attributesOf } from '../attributes.ts';
import { recordPolicy, workflowTaskTimeout } from '../policies.ts';
import type { TurnInput } from './messages.ts';

type TurnWorkflow = (input: TurnInput) => Promise<void>;

const { settleTurn } = proxyActivities<Activities>(recordPolicy);

const labelsOf = ({ sessionId, agent, model }: TurnStart) => ({ kind: 'turn', session: sessionId, agent, model });

const summaryOf = ({ sessionId, turn }: TurnStart): string => `Turn ${turn} of session ${sessionId}`;

/**
 * Runs a turn as a child of the step, call or background agent it belongs to, and resolves when it has ended in whatever
 * way: one that was ended from outside is settled here.
 */
export const runTurn = async (
  start: TurnStart,
  { consoleUrl, isDirect, resume, labels }: Pick<TurnInput, 'consoleUrl' | 'isDirect' | 'resume'> & { labels: Labels },
): Promise<void> => {
  const { sessionId, turn, agent, model } = start;
  try {
    await executeChild<TurnWorkflow>('turn', {
      workflowId: turnWorkflowId(sessionId, turn),
      workflowTaskTimeout,
      args: [
        { sessionId, turn, agent, model, consoleUrl, ...(isDirect ? { isDirect } : {}), ...(resume ? { resume } : {}) },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      typedSearchAttributes: attributesOf({ ...labelsOf(start), ...labels, parent: workflowInfo().workflowId }),
      staticSummary: summaryOf(start),
    });
  } catch (error) {
    // One that was cancelled before it could start has no workflow that says so.
    const end = isCancellation(error)
      ? ({ status: 'cancelled', code: 'turn_cancelled' } as const)
      : ({ status: 'failed', code: 'turn_terminated' } as const);
    await CancellationScope.nonCancellable(() => settleTurn({ sessionId, turn, ...end }));
  }
};

export type Labels = Partial<Record<keyof typeof searchAttributes, string>>;

/**
 * Starts an assigned turn that continues without this workflow, and resolves when it has started. Never rejects: the turn is
 * assigned in Postgres, and the API starts one that has no workflow.
 */
export const startTurn = async (start: TurnStart, consoleUrl: string): Promise<void> => {
  const { sessionId, turn, agent, model } = start;
  try {
    await CancellationScope.nonCancellable(() =>
      startChild<TurnWorkflow>('turn', {
        workflowId: turnWorkflowId(sessionId, turn),
        workflowTaskTimeout,
        args: [{ sessionId, turn, agent, model, consoleUrl }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: attributesOf(labelsOf(start)),
        staticSummary: summaryOf(start),
      }),
    );
  } catch {
    // It exists already.
  }
};
