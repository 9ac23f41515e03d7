import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { clearMarks } from './support/marks.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker({ waitSeconds: 200_000 });
});
afterAll(() => stack.close());
beforeEach(() => clearMarks(stack));

const begin = async (retryAfter: string, ...more: ScriptedStep[]) => {
  const key = randomUUID();
  stack.model.script([{ status: 429, headers: { 'retry-after': retryAfter } }, ...more], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  return { id, key };
};

const waits = (id: string) =>
  until('the wait to be shown', async () => (await stack.api.getSession(id)).view.live[0]?.waits);

const inMs = (ms: number): Date => new Date(Date.now() + ms);

test.each<[string, () => string]>([
  ['in seconds', () => '100000'],
  ['as a date', () => inMs(100_000_000).toUTCString()],
])('a wait that the provider asks for %s is shown with its end, and ends at once when cancelled', async (_, asked) => {
  const { id, key } = await begin(asked());
  const { until: end, code, isAsked } = await waits(id);
  expect([code, isAsked]).toEqual(['model_rate_limited', true]);
  expect(Math.abs(Date.parse(end) - inMs(100_000_000).getTime())).toBeLessThan(30_000);
  await stack.api.cancelTurn(id);
  const { status, view } = await settled(stack, id, 1);
  expect(status).toBe('cancelled');
  expect(view.live).toEqual([]);
  expect(stack.model.requests(key)).toHaveLength(1);
});

test('the notice goes when the wait is over', async () => {
  const { id, key } = await begin('6', { pauseAfter: { pieces: 1, gate: 'second' }, reply: { text: 'There again.' } });
  await waits(id);
  await stack.model.reached('second');
  await until('the second attempt', async () => {
    const [live] = (await stack.api.getSession(id)).view.live;
    return live?.fence === 2 && live.waits === undefined;
  });
  stack.model.open('second');
  expect((await settled(stack, id, 1)).status).toBe('completed');
  expect(stack.model.requests(key)).toHaveLength(2);
});

test('a wait that is longer than the limit ends the turn, with what the provider said', async () => {
  for (const asked of ['200001', '9'.repeat(400), inMs(10 * 365 * 86_400_000).toUTCString()]) {
    await clearMarks(stack);
    const { id, key } = await begin(asked);
    const { status, code, view } = await settled(stack, id, 1);
    expect([status, code]).toEqual(['failed', 'model_rate_limited']);
    expect(view.chunks.at(-1)?.body).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/429.*limits\.waitSeconds/),
    });
    expect(stack.model.requests(key)).toHaveLength(1);
  }
});
