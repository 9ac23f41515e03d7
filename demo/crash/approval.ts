import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/clock.ts';
import { runCommand } from '../support/command.ts';
import { targets } from '../support/stack.ts';
import { anyTimes, type Plan, type Scene, wordsUpTo } from './plan.ts';
import { commandCall, runsOf } from './runs.ts';

const text = wordsUpTo(12);

/**
 * A command waits for a person, everything is killed at once, the stack is started again, and the person answers by
 * the command line, twice: the second answer is refused and the command has run once. `waitedMs`: 0 kills in the
 * moment of the question, when Temporal does not know of it yet, and then waits for the time limit of the workflow
 * task that was under way, 10 s.
 */
export const whileApprovalWaits = (waitedMs: number): Plan => ({
  killed: targets,
  moment: waitedMs === 0 ? 'approval, at once' : 'approval',
  text,
  allow: [],
  script: () => [
    { times: anyTimes, reply: { toolCalls: [commandCall(0.2)] } },
    { times: anyTimes, reply: { text, chunkDelayMs: 5 } },
  ],
  moved: async ({ viewer }) => {
    await until('the approval to be asked', () => viewer.view()?.approvals[0]);
    await delay(waitedMs);
  },
  whole: async ({ stack, folder, viewer }) => {
    const { approvals } = await stack.api.listApprovals();
    const asked = viewer.view()?.approvals[0];
    const waiting = approvals.find(({ id }) => id === asked?.id);
    if (!waiting) return ['the approval did not wait any more after the start'];
    const ranBefore = (await runsOf(folder)).length;
    return [
      ...(ranBefore === 0 ? [] : ['the command ran before it was approved']),
      ...(await answerTwice(stack, waiting.id)),
    ];
  },
  results: ['ok'],
});

const answerTwice = async ({ project }: Scene['stack'], id: string): Promise<string[]> => {
  const first = await runCommand(project, ['approve', id]);
  const second = await runCommand(project, ['approve', id, '--deny']);
  const isRefused = second.code !== 0 && second.output.includes('first answer counts');
  return [
    ...(first.code === 0 ? [] : [`"everturn approve" ended with ${first.code}: ${first.output}`]),
    ...(isRefused ? [] : [`a second answer was not refused but ended with ${second.code}: ${second.output}`]),
  ];
};
