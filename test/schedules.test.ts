import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createScheduleSync } from '../api/background/schedule-sync.ts';
import { createGateway } from '../api/gateway.ts';
import { openDefinitions } from '../definitions/definitions.ts';
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

test('a time of day that daylight saving time skips does not come on that day, and a repeated one comes once', async () => {
  await define(stack, 'flows', 'skipped', text('skipped', nightly('30 2 28 3 *')));
  await define(stack, 'flows', 'repeated', text('repeated', nightly('30 2 31 10 *')));
  await sync();
  const timesOf = async (flow: string) =>
    await until('its times', async () => {
      const { schedules } = await stack.api.listSchedules();
      const times = schedules.find((schedule) => schedule.flow === flow)?.nextRuns ?? [];
      return times.length > 8 ? times.map((time) => new Date(time)) : undefined;
    });
  // In Berlin it begins on the 28th of March, and ends on the 31st of October, in years in which that is a Sunday.
  const skipped = await timesOf('skipped');
  expect(skipped.filter((date) => date.getUTCDay() === 0)).toEqual([]);
  const repeated = await timesOf('repeated');
  expect(repeated.some((date) => date.getUTCDay() === 0)).toBe(true);
  expect(new Set(repeated.map((date) => date.getUTCFullYear())).size).toBe(repeated.length);
  for (const date of repeated) expect(date.toISOString()).toMatch(/T01:30:00/);
});

/** Another project on the same Temporal, task queue and database. */
const openOther = async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-other-'));
  await mkdir(path.join(folder, '.everturn', 'flows'), { recursive: true });
  const gateway = createGateway({
    connection: stack.connection,
    namespace: 'default',
    taskQueue: stack.name,
    project: 'other',
    consoleUrl: 'http://127.0.0.1',
  });
  const { store, log } = stack;
  const syncOf = (of: string) =>
    createScheduleSync({
      definitions: openDefinitions({ project: of, home: of }),
      gateway,
      store,
      project: 'other',
      folder: of,
      log,
    });
  onTestFinished(async () => {
    for (const flow of await gateway.scheduledFlows()) await gateway.dropSchedule(flow);
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, gateway, syncOf };
};
const ours = `name: twin\nsteps: [{ id: a, kind: code, code: return 'ours' }]\noutput: results.a.output\n${nightly('0 3 1 1 *')}`;

test("projects that share a Temporal: neither touches what is the other's, and any worker starts what a schedule of it says", async () => {
  const { folder, gateway, syncOf } = await openOther();
  await define(stack, 'flows', 'twin', ours);
  await writeFile(path.join(folder, '.everturn', 'flows', 'twin.yaml'), ours.replace("'ours'", "'theirs'"));
  await writeFile(path.join(folder, '.everturn', 'flows', 'alone.yaml'), ours.replace('twin', 'alone'));
  const other = syncOf(folder);
  await sync();
  await other();
  await stack.api.pauseSchedule('twin');
  await until('both in the list', async () => (await gateway.scheduledFlows()).length === 2);
  for (let round = 0; round < 2; round++) {
    await sync();
    await other();
  }
  expect(await stack.gateway.scheduleState('twin')).toMatchObject({ paused: true });
  expect(await gateway.scheduleState('twin')).toMatchObject({ paused: false });
  expect(await stack.gateway.scheduleState('alone')).toBeNull();
  const served = (await stack.api.listSchedules()).schedules.map(({ flow }) => flow);
  expect([served.includes('twin'), served.includes('alone')]).toEqual([true, false]);

  // The worker of this stack has none of the other's files.
  for (const flow of ['twin', 'alone'])
    await gateway.triggerSchedule({ flow, cron: '0 3 1 1 *', timeZone: 'UTC', overlap: 'skip' });
  const [alone] = await until('its run', async () => (await runsOf('alone')).length > 0 && (await runsOf('alone')));
  const [twin] = await until(
    'the run of its twin',
    async () => (await runsOf('twin')).length > 0 && (await runsOf('twin')),
  );
  expect([alone?.workspace, twin?.workspace]).toEqual([folder, folder]);
  expect(await ended(stack, twin?.id ?? '')).toMatchObject({ status: 'completed', trigger: 'schedule' });
  expect((await stack.api.getRunOutput(twin?.id ?? '')).output).toBe('theirs');

  await remove('twin');
  await sync();
  expect(await stack.gateway.scheduleState('twin')).toBeNull();
  expect(await gateway.scheduleState('twin')).not.toBeNull();
});

test('a folder that is not there, as one that is not mounted, loses no schedule', async () => {
  const { folder, gateway, syncOf } = await openOther();
  await writeFile(path.join(folder, '.everturn', 'flows', 'alone.yaml'), ours.replace('twin', 'alone'));
  await syncOf(folder)();
  await until('it in the list', async () => (await gateway.scheduledFlows()).includes('alone'));
  await syncOf(path.join(folder, 'nowhere'))();
  expect(await gateway.scheduleState('alone')).not.toBeNull();
});

test('a schedule of an earlier release, which knew no project, is taken over as it stood', async () => {
  const client = new Client({ connection: stack.connection });
  await client.schedule.create({
    scheduleId: `flow/${stack.name}/old`,
    spec: { cronExpressions: ['0 3 1 1 *'] },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledFlow',
      taskQueue: stack.name,
      args: [{ flow: 'old', consoleUrl: '' }],
    },
    state: { paused: true, note: 'Paused' },
  });
  await until('it in the list', async () => (await stack.gateway.earlierSchedules()).includes('old'));
  await define(stack, 'flows', 'old', ours.replace('twin', 'old'));
  await stack.scheduleSync()();
  expect(await stack.gateway.scheduleState('old')).toMatchObject({ paused: true });
  await until('the earlier one to go', async () => !(await stack.gateway.earlierSchedules()).includes('old'));
  await remove('old');
  await sync();
});
