import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leaseMs } from '../activities/turn/lease.ts';
import { turnWorkflowId } from '../contracts/ids.ts';
import { recoverWorker } from '../runtime/recovery.ts';
import { settled } from './support/conversation.ts';
import { type OurProcess, openProcesses } from './support/processes.ts';
import type { RecordedRequest } from './support/scripted-model.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let processes: Awaited<ReturnType<typeof openProcesses>>;
beforeAll(async () => {
  stack = await openStack();
  processes = await openProcesses(stack);
});
afterAll(async () => {
  await processes.close();
  await stack.close();
});

const recover = (worker: OurProcess) =>
  recoverWorker({ store: stack.store, connection: stack.connection, namespace: 'default', log: stack.log }, worker.id);

const pendingAttempt = async (sessionId: string): Promise<number> => {
  const execution = { workflowId: turnWorkflowId(sessionId, 1) };
  const described = await stack.connection.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution,
  });
  // 2: started, as the server sees it.
  return described.pendingActivities?.find(({ state }) => state === 2)?.attempt ?? 0;
};

/**
 * Stops the process for longer than its lease. Meanwhile its work is taken from it again and again, as by heartbeats that
 * time out: the server gives each next attempt to a request for work that the stopped process has left open.
 */
const stopFor = async (worker: OurProcess, sessionId: string, takenTimes: number): Promise<void> => {
  const stoppedAt = performance.now();
  worker.child.kill('SIGSTOP');
  const first = await pendingAttempt(sessionId);
  for (let attempt = first; attempt < first + takenTimes; ) {
    await recover(worker);
    // It may take two at once: the next attempt can be there before it has looked at what the worker holds.
    attempt = await until(`an attempt after ${attempt}`, async () => {
      const now = await pendingAttempt(sessionId);
      return now > attempt && now;
    });
  }
  await delay(stoppedAt + leaseMs + 1000 - performance.now());
  worker.child.kill('SIGCONT');
};

/** Pairs of requests of which the second came while the first still ran, as the server saw it. */
const overlaps = (requests: readonly RecordedRequest[]): number =>
  requests.filter((request, index) =>
    requests.slice(0, index).some(({ endedAt }) => endedAt === null || endedAt > request.startedAt + 100),
  ).length;

test('a worker that was stopped in the middle of a request sends one more, when the first has ended', async () => {
  const key = randomUUID();
  const paused = { pauseAfter: { pieces: 1, gate: key }, reply: { text: 'Once and whole.' } };
  stack.model.script([{ ...paused, times: { min: 2, max: 9 } }], key);
  const worker = await processes.worker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  await stopFor(worker, id, 3);
  await stack.model.reached(key, 2);
  // Whatever else was sent to the process while it was stopped has been looked at by now.
  await delay(leaseMs);
  const requests = stack.model.requests(key);
  expect(requests.map(({ outcome }) => outcome)).toEqual(['aborted', 'running']);
  expect(overlaps(requests)).toBe(0);
  stack.model.open(key);
  expect((await settled(stack, id, 1)).status).toBe('completed');
  expect(stack.model.requests(key)).toHaveLength(2);
  await worker.kill9();
});

test('a command of a stopped worker is ended and not run again', async () => {
  const key = randomUUID();
  const argv = ['sh', '-c', `echo started >> ${key}; sleep 300; echo ended >> ${key}`];
  stack.model.script(
    [
      { reply: { toolCalls: [{ name: 'run_command', arguments: { argv } }] } },
      { expect: { last: { content: /outcome unknown/ } }, reply: { text: 'I see.' } },
    ],
    key,
  );
  const worker = await processes.worker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
  await stack.api.sendMessage(id, { text: key });
  const written = () => readFile(path.join(stack.workspace, key), 'utf8').catch(() => '');
  await until('the command to start', async () => (await written()).includes('started'));
  await stopFor(worker, id, 2);
  expect((await settled(stack, id, 1)).status).toBe('completed');
  expect(await written()).toBe('started\n');
  expect(stack.model.requests(key)).toHaveLength(2);
  await worker.kill9();
});

test('a worker that is paused for longer than its lease keeps a request that nobody has taken', async () => {
  const key = randomUUID();
  stack.model.script([{ pauseAfter: { pieces: 1, gate: key }, reply: { text: 'Still mine.' } }], key);
  const worker = await processes.worker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  worker.child.kill('SIGSTOP');
  await delay(leaseMs + 3000);
  worker.child.kill('SIGCONT');
  // Its attempt has asked by then.
  await delay(3000);
  stack.model.open(key);
  expect((await settled(stack, id, 1)).status).toBe('completed');
  expect(stack.model.requests(key).map(({ outcome }) => outcome)).toEqual(['sent']);
  await worker.kill9();
});
