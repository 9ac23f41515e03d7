import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let sync: () => Promise<void>;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
  sync = stack.scheduleSync();
});
afterAll(async () => {
  for (const flow of await stack.gateway.scheduledFlows()) await stack.gateway.dropSchedule(flow);
  await stack.close();
});

const text = (name: string, schedule: string) => `name: ${name}
steps:
  - { id: ask, kind: approval, prompt: 'Done?' }
output: input
${schedule}`;
const nightly = (cron: string) => `schedule: { cron: '${cron}', timeZone: Europe/Berlin, input: { who: timer } }\n`;
const remove = (name: string) => rm(path.join(stack.workspace, '.everturn', 'flows', `${name}.yaml`));
const runsOf = async (flow: string) => (await stack.api.listRuns({ flow })).runs;
const finish = async (id: string) => {
  const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
  await stack.api.answerQuestion(question.id, { decision: 'approve' });
  return await ended(stack, id);
};
const listed = (flow: string, isThere: boolean) =>
  until(`the schedule of ${flow} in the list`, async () => {
    return (await stack.gateway.scheduledFlows()).includes(flow) === isThere;
  });

test('follows its file: made, changed, kept while the file is faulty, deleted', async () => {
  await define(stack, 'flows', 'kept', text('kept', nightly('0 3 * * *')));
  await sync();
  const [made] = (await stack.api.listSchedules()).schedules;
  expect(made).toMatchObject({
    flow: 'kept',
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    overlap: 'skip',
    paused: false,
  });
  const at = new Date(made?.nextRuns[0] ?? '').toLocaleTimeString('sv', { timeZone: 'Europe/Berlin' });
  expect(at).toBe('03:00:00');
  expect(await stack.api.pauseSchedule('kept')).toMatchObject({ paused: true });

  await define(stack, 'flows', 'kept', text('kept', nightly('0 4 * * *')));
  await sync();
  const [changed] = (await stack.api.listSchedules()).schedules;
  expect(changed).toMatchObject({ cron: '0 4 * * *', paused: true });
  expect(changed?.nextRuns[0]).not.toBe(made?.nextRuns[0]);
  expect(await stack.api.resumeSchedule('kept')).toMatchObject({ paused: false });

  await listed('kept', true);
  await define(stack, 'flows', 'kept', text('kept', 'schedule: { cron: never }\n'));
  await sync();
  expect(await stack.gateway.scheduleState('kept')).not.toBeNull();

  await remove('kept');
  await sync();
  expect(await stack.gateway.scheduleState('kept')).toBeNull();
  await listed('kept', false);
});

test('several processes that look at the same files make one schedule', async () => {
  await define(stack, 'flows', 'shared', text('shared', nightly('0 3 * * *')));
  const others = [1, 2, 3].map(() => stack.scheduleSync());
  await Promise.all(others.map((other) => other()));
  await Promise.all(others.map((other) => other()));
  await listed('shared', true);
  expect((await stack.gateway.scheduledFlows()).filter((flow) => flow === 'shared')).toHaveLength(1);
  await remove('shared');
  await Promise.all(others.map((other) => other()));
  expect(await stack.gateway.scheduleState('shared')).toBeNull();
});

test('triggered, it makes a run with its own input; while that runs, `skip` starts no other', async () => {
  await define(stack, 'flows', 'ticking', text('ticking', nightly('0 3 1 1 *')));
  // Made by the request: nobody has looked at the file yet.
  await stack.api.triggerSchedule('ticking');
  const first = await until('the run', async () => (await runsOf('ticking'))[0]);
  expect(first).toMatchObject({ trigger: 'schedule', status: 'running' });
  await stack.api.triggerSchedule('ticking');
  await until('the skipped start', async () => (await stack.gateway.scheduleState('ticking'))?.skipped === 1);
  expect(await runsOf('ticking')).toHaveLength(1);
  expect(await finish(first.id)).toMatchObject({ status: 'completed' });
  expect((await stack.api.getRunOutput(first.id)).output).toEqual({ who: 'timer' });

  await until('another start', async () => {
    await stack.api.triggerSchedule('ticking');
    return (await runsOf('ticking')).length > 1;
  });
  const [second] = await runsOf('ticking');
  expect(await finish(second?.id ?? '')).toMatchObject({ status: 'completed' });
  await remove('ticking');
  await sync();
});

test('what has no schedule cannot be triggered', async () => {
  await define(stack, 'flows', 'plain', text('plain', ''));
  await expect(stack.api.triggerSchedule('plain')).rejects.toMatchObject({ code: 'schedule_not_found' });
  await expect(stack.api.pauseSchedule('none')).rejects.toMatchObject({ code: 'flow_not_found' });
});

test('a schedule with two day fields comes on either, in Temporal too', async () => {
  await define(stack, 'flows', 'either', text('either', "schedule: { cron: '0 9 13 * FRI' }\n"));
  await sync();
  const [next] = await until('its times', async () => {
    const schedule = (await stack.api.listSchedules()).schedules.find(({ flow }) => flow === 'either');
    return schedule && schedule.nextRuns.length > 1 && [schedule.nextRuns];
  });
  for (const time of next) {
    const date = new Date(time);
    expect(date.getUTCDate() === 13 || date.getUTCDay() === 5).toBe(true);
  }
  const days = (Date.parse(next[1] ?? '') - Date.parse(next[0] ?? '')) / 86_400_000;
  expect(days).toBeLessThanOrEqual(7);
});
