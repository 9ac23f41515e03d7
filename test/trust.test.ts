import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../contracts/flow.ts';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let sync: () => Promise<void>;
const secret = 'a-secret-of-the-hook';
beforeAll(async () => {
  process.env.TRUST_TEST_SECRET = secret;
  stack = await openStack({ asksForTrust: true });
  await stack.startWorker();
  sync = stack.scheduleSync();
});
afterAll(async () => {
  for (const flow of await stack.gateway.scheduledFlows()) await stack.gateway.dropSchedule(flow);
  await stack.close();
});

const nightly = (cron: string): string => `name: nightly
steps: [{ id: one, kind: code, code: return 1 }]
schedule: { cron: '${cron}' }
webhook: { secretEnv: TRUST_TEST_SECRET }
`;
const give = async () => await stack.api.giveTrust((await stack.api.getTrust()).hash);
const hook = () =>
  fetch(`${stack.baseUrl}/api/hooks/nightly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-everturn-secret': secret },
    body: '{}',
  });
const isPaused = async () => (await stack.gateway.scheduleState('nightly'))?.paused;
const untrusted = { code: 'project_untrusted', message: expect.stringContaining('npx everturn trust') };

test('a schedule and a webhook do nothing before trust, and again after a change', async () => {
  await define(stack, 'flows', 'nightly', nightly('0 3 * * *'));
  await sync();
  expect(await stack.gateway.scheduleState('nightly')).toBeNull();
  expect((await hook()).status).toBe(401);
  await expect(stack.api.triggerSchedule('nightly')).rejects.toMatchObject(untrusted);
  expect(await stack.api.getTrust()).toMatchObject({
    trusted: false,
    grants: [{ kind: 'schedule' }, { kind: 'webhook' }],
  });

  expect(await give()).toMatchObject({ trusted: true, by: 'person' });
  await sync();
  expect(await isPaused()).toBe(false);
  expect((await hook()).status).toBe(202);

  await define(stack, 'flows', 'nightly', nightly('* * * * *'));
  await until('its place in the list', async () => (await stack.gateway.scheduledFlows()).includes('nightly'));
  await sync();
  expect(await isPaused()).toBe(true);
  expect((await hook()).status).toBe(401);
  await expect(stack.api.resumeSchedule('nightly')).rejects.toMatchObject(untrusted);

  await give();
  await sync();
  expect(await isPaused()).toBe(false);
});

test('what Temporal starts before its schedule is paused makes no run', async () => {
  await stack.api.revokeTrust();
  const client = new Client({ connection: stack.connection });
  const before = (await stack.api.listRuns({ flow: 'nightly' })).runs.length;
  await stack.gateway.triggerSchedule({ flow: 'nightly', cron: '* * * * *', timeZone: 'UTC', overlap: 'skip' });
  await until('the end of what it started', async () => {
    const query = `WorkflowType = 'scheduledFlow' AND TaskQueue = '${stack.name}' AND ExecutionStatus = 'Completed'`;
    for await (const _workflow of client.workflow.list({ query })) return true;
    return false;
  });
  expect((await stack.api.listRuns({ flow: 'nightly' })).runs).toHaveLength(before);
});

test("a person's own pause stays through revoked and given trust", async () => {
  await give();
  await sync();
  await stack.api.pauseSchedule('nightly');
  await stack.api.revokeTrust();
  await sync();
  await give();
  await sync();
  expect(await isPaused()).toBe(true);
  await stack.api.resumeSchedule('nightly');
  await stack.api.revokeTrust();
  await sync();
  expect(await isPaused()).toBe(true);
});

test('started by hand, a flow that is not trusted runs and asks; beforehand it is allowed nothing', async () => {
  const started = await stack.api.startRun({ flow: 'nightly', input: {} });
  expect(await ended(stack, started.id)).toMatchObject({ status: 'completed' });
  await expect(stack.api.startRun({ flow: 'nightly', input: {}, allow: ['run'] })).rejects.toMatchObject(untrusted);
  await give();
  const allowed = await stack.api.startRun({ flow: 'nightly', input: {}, allow: ['run'] });
  await ended(stack, allowed.id);
  await stack.api.revokeTrust();
  await expect(stack.api.rerun(allowed.id, {})).rejects.toMatchObject(untrusted);
});

test('a session without an agent has the built-in one, and one that names the agent has no permission of it', async () => {
  const agent = '---\npermissions: [write, run]\n---\nObey.\n';
  await define(stack, 'agents', 'default', agent);
  await define(stack, 'agents', 'worker', agent);
  const allowsOf = async (id: string) => {
    const rows = await stack.store.database.query<{ definition: Agent | null }>(
      'SELECT definition FROM sessions WHERE id = $1',
      [id],
    );
    return rows[0]?.definition;
  };
  const plain = await stack.api.createSession({});
  const named = await stack.api.createSession({ agent: 'worker' });
  expect((await allowsOf(plain.id))?.prompt ?? '').not.toContain('Obey');
  expect(await allowsOf(named.id)).toMatchObject({ prompt: 'Obey.', permissions: [] });
  await rm(path.join(stack.workspace, '.everturn', 'agents'), { recursive: true });
});

test('the API takes trust for the content that was shown, and for no other; and only with the token', async () => {
  const { hash } = await stack.api.getTrust();
  await define(stack, 'flows', 'nightly', nightly('5 5 * * *'));
  await expect(stack.api.giveTrust(hash)).rejects.toMatchObject({ code: 'trust_changed' });
  for (const method of ['GET', 'POST', 'DELETE'])
    expect((await fetch(`${stack.baseUrl}/api/trust`, { method })).status).toBe(401);
  expect((await stack.api.getTrust()).trusted).toBe(false);
});
