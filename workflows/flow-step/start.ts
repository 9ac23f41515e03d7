import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunActivities } from '../../contracts/activities.ts';
import type { GraphStep } from '../../contracts/graph.ts';
import { itemWorkflowId, stepWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import { recordPolicy } from '../policies.ts';
import type { FlowStepInput, RunRef, StepEnd } from './messages.ts';

/** How every child within a run is bound to its parent: it ends with it, and is waited for. */
export const bound = {
  parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

const { settleLostStep } = proxyActivities<RunActivities>(recordPolicy);

/** Runs a step or an item as a child. One that was ended from outside counts as cancelled, and is recorded as such. */
export const runStep = async (runRef: RunRef, step: GraphStep, index: number | null): Promise<StepEnd> => {
  const { runId } = runRef;
  const parent = workflowInfo().workflowId;
  const input: FlowStepInput = { ...runRef, step, index, parent };
  try {
    return await executeChild<(input: FlowStepInput) => Promise<StepEnd>>('flowStep', {
      ...bound,
      workflowId: index === null ? stepWorkflowId(runId, step.id) : itemWorkflowId(runId, step.id, index),
      args: [input],
      // A worker that dies in the middle of a local activity is missed only when its task times out.
      ...(step.isQuick ? { workflowTaskTimeout: '5s' } : {}),
      typedSearchAttributes: attributesOf({
        kind: index === null ? 'step' : 'item',
        run: runId,
        step: step.id,
        parent,
      }),
      staticSummary: `${step.kind} ${step.id}${index === null ? '' : `[${index}]`} of ${runRef.runName}`,
    });
  } catch (error) {
    // One that was cancelled before it could start is settled with its run, or recorded as one that never runs.
    if (isCancellation(error) || !patched('lost-steps')) return { status: 'cancelled', chosen: null };
    return await CancellationScope.nonCancellable(() => settleLostStep({ runId, step: step.id, index }));
  }
};
