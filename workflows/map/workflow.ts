import { continueAsNew, getExternalWorkflowHandle } from '@temporalio/workflow';
import { itemWorkflowId, stepWorkflowId } from '../../contracts/ids.ts';
import type { MapInput } from '../fan-out/messages.ts';
import { runFanOut } from '../fan-out/run.ts';
import { expireSignal, joinedSignal } from '../flow-step/messages.ts';
import { runStep } from '../flow-step/start.ts';

/** The items of a step: each a child of its own, some at once, continued as new before the history grows long. */
export async function map(input: MapInput): Promise<void> {
  const { runId, step, fanOut, count, resume } = input;
  const left = await runFanOut({
    start: resume ? { resume } : { input: { fanOut, count } },
    title: step.id,
    historyLimit: input.historyLimit,
    runMember: (index) => runStep(input, step, index),
    // One that ended a moment ago needs no telling.
    expireMember: (index) =>
      getExternalWorkflowHandle(itemWorkflowId(runId, step.id, index))
        .signal(expireSignal)
        .catch(() => {}),
    report: async () => {},
    joinEarly: () =>
      getExternalWorkflowHandle(stepWorkflowId(runId, step.id))
        .signal(joinedSignal)
        .catch(() => {}),
  });
  if (left) await continueAsNew<typeof map>({ ...input, resume: left });
}
