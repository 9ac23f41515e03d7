import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RunActivities } from '../../contracts/activities.ts';
import { runWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import type { FlowInput } from '../flow/messages.ts';
import { bound } from '../flow-step/start.ts';
import { recordPolicy } from '../policies.ts';

const { createScheduledRun } = proxyActivities<RunActivities>(recordPolicy);

/** `project`: undefined where an earlier release made the schedule. */
type ScheduledInput = { flow: string; project?: string; consoleUrl: string };

/**
 * What a schedule starts: makes the run of its moment and lasts as long as that, so that the schedule's overlap policy
 * speaks of runs.
 */
export async function scheduledFlow({ flow, project, consoleUrl }: ScheduledInput): Promise<void> {
  const { workflowId } = workflowInfo();
  const made = await createScheduledRun({ flow, ...(project === undefined ? {} : { project }), key: workflowId });
  if (!made) return;
  await executeChild<(input: FlowInput) => Promise<void>>('flow', {
    ...bound,
    workflowId: runWorkflowId(made.runId),
    args: [{ runId: made.runId, name: flow, consoleUrl, parent: workflowId }],
    typedSearchAttributes: attributesOf({ kind: 'run', run: made.runId, parent: workflowId }),
    staticSummary: `Run ${made.runId} of ${flow}`,
  });
}
