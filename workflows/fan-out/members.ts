import { ApplicationFailure, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { GraphStep } from '../../contracts/graph.ts';
import { runWorkflowId, stepWorkflowId } from '../../contracts/ids.ts';
import { stepEndedSignal } from '../flow/messages.ts';
import { expireSignal } from '../flow-step/messages.ts';
import { runStep } from '../flow-step/start.ts';
import type { MembersInput } from './messages.ts';
import { runFanOut } from './run.ts';

/** Carries out the members that the run admits, and tells it of each end. */
export const runMembers = async (input: MembersInput): Promise<void> => {
  const { runId, fanOut, members } = input;
  const memberAt = (index: number): GraphStep => {
    const member = members[index];
    if (!member) throw ApplicationFailure.nonRetryable(`There is no member ${index}`, 'internal');
    return member;
  };
  await runFanOut({
    start: { input: { fanOut, count: null } },
    title: 'members',
    // It holds at most some hundred steps and ends with its run's own continue-as-new.
    historyLimit: Number.POSITIVE_INFINITY,
    runMember: (index) => runStep(input, memberAt(index), null),
    expireMember: (index) =>
      getExternalWorkflowHandle(stepWorkflowId(runId, memberAt(index).id))
        .signal(expireSignal)
        .catch(() => {}),
    report: (index, end) =>
      getExternalWorkflowHandle(runWorkflowId(runId))
        .signal(stepEndedSignal, { step: memberAt(index).id, ...end })
        .catch(() => {}),
    joinEarly: async () => {},
  });
};
