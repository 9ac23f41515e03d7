import { workflowInfo } from '@temporalio/workflow';
import type { CallResult } from '../../contracts/calls.ts';
import { resultOf } from '../../contracts/content.ts';
import type { FlowStepInput } from '../flow-step/messages.ts';
import { flowStep } from '../flow-step/workflow.ts';

/** A call of a script: a step like those of flows, whose result goes to the script. */
export async function scriptCall(input: FlowStepInput): Promise<CallResult> {
  await flowStep(input);
  return resultOf(workflowInfo().workflowId);
}
