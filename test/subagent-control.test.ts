import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subagentWorkflowId, turnWorkflowId } from '../contracts/ids.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, ended, patient, spawned, spawning, startSession, toldStates } from './support/subagents.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack({ subagentLimits: { subagentsPerSession: 2, subagents: 3, subagentDepth: 1 } });
  await stack.startWorker();
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

/** A session whose first turn spawns children that wait at their gates, and that answers each end. */
const family = async (children: number, ends = children) => {
  const parent = randomUUID();
  const keys = Array.from({ length: children }, () => randomUUID());
  stack.model.script(
    [
      spawning(...keys.map((key, index) => ({ prompt: key, label: `child ${index}` }))),
      { reply: { text: 'They work.' } },
      ...Array.from({ length: ends }, () => ({ reply: { text: 'Noted.' } })),
    ],
    parent,
  );
  for (const key of keys)
    stack.model.script([{ times: patient, pauseAfter: { pieces: 0, gate: key }, reply: { text: `done ${key}` } }], key);
  const session = await startSession(stack, parent);
  const subagents = await spawned(stack, session, children);
  return {
    session,
    keys,
    ids: subagents.map(({ id }) => id),
    sessions: subagents.map(({ sessionId }) => sessionId ?? ''),
  };
};

const statuses = async (ids: readonly string[]) =>
  await Promise.all(ids.map(async (id) => (await stack.store.subagents.find(id))?.status));

/** What stands in the parent's mailbox and transcript about a subagent. */
const tidings = async (session: string, id: string): Promise<string[]> => {
  const { view } = await stack.api.getSession(session);
  return view.chunks.flatMap(({ body }) =>
    body.kind === 'text' && body.role === 'user' && body.text.includes(`(${id})`) ? [body.text] : [],
  );
};

test('no more than may run do, the rest wait in order, and whoever ends makes room for the next', async () => {
  const { ids, keys, session } = await family(4);
  await stack.model.reached(keys[1] ?? '');
  await until('two to run', async () => (await statuses(ids)).join() === 'running,running,queued,queued');
  const third = await stack.store.subagents.find(ids[2] ?? '');
  const fourth = await stack.store.subagents.find(ids[3] ?? '');
  expect([third?.ahead, fourth?.ahead]).toEqual([0, 1]);
  stack.model.open(keys[1] ?? '');
  await stack.model.reached(keys[2] ?? '');
  expect(await statuses(ids)).toEqual(['running', 'completed', 'running', 'queued']);
  for (const key of keys) stack.model.open(key);
  for (const id of ids) expect((await delivered(stack, id)).status).toBe('completed');
  for (const id of ids) expect(await tidings(session, id)).toHaveLength(1);
  expect(stack.model.failures).toEqual([]);
});

test('there is a limit over all sessions too', async () => {
  const [one, two] = [await family(2), await family(2)];
  const all = [...one.ids, ...two.ids];
  await until('three to run', async () => (await statuses(all)).filter((status) => status === 'running').length === 3);
  expect((await statuses(all)).filter((status) => status === 'queued')).toHaveLength(1);
  for (const key of [...one.keys, ...two.keys]) stack.model.open(key);
  for (const id of all) await delivered(stack, id);
});

test('a place that was given and not told of, or taken by nobody, is found by the process of the API', async () => {
  const { ids, keys } = await family(3);
  await until('two to run', async () => (await statuses(ids)).join() === 'running,running,queued');
  // As if whoever ended it had died before it could give its place to the next.
  await stack.store.subagents.settle(
    { id: ids[0] ?? '', label: '' },
    { status: 'cancelled', code: 'subagent_cancelled', reason: null, result: null },
  );
  await stack.model.reached(keys[2] ?? '');
  for (const key of keys) stack.model.open(key);
  for (const id of ids) await delivered(stack, id);
  expect(await statuses(ids)).toEqual(['cancelled', 'completed', 'completed']);
});

describe('cancelling', () => {
  test('one that runs, and one that waits', async () => {
    const { ids, keys, session, sessions } = await family(3);
    await stack.model.reached(keys[1] ?? '');
    const asked = await stack.api.cancelSubagent(ids[0] ?? '');
    expect(asked).toMatchObject({ id: ids[0], parentSessionId: session });
    await stack.api.cancelSubagent(ids[2] ?? '');
    for (const at of [0, 2]) {
      expect(await delivered(stack, ids[at] ?? '')).toMatchObject({ status: 'cancelled', code: 'subagent_cancelled' });
    }
    stack.model.open(keys[1] ?? '');
    await delivered(stack, ids[1] ?? '');
    expect(await statuses(ids)).toEqual(['cancelled', 'completed', 'cancelled']);
    expect((await stack.api.getSession(sessions[0] ?? '')).view.turns[1]?.status).toBe('cancelled');
    // It never read what it was to do, and nobody will make it.
    const unread = await stack.api.getSession(sessions[2] ?? '');
    expect({ turns: unread.view.turns, waiting: unread.view.waiting }).toEqual({ turns: {}, waiting: [] });
    expect(stack.model.requests(keys[2])).toEqual([]);
    await expect(stack.api.cancelSubagent(ids[0] ?? '')).rejects.toMatchObject({ code: 'subagent_ended' });
    const states = await toldStates(stack, session);
    expect(states[ids[2] ?? '']).toEqual(['queued', 'queued cancelling', 'cancelled']);
  });

  test('by its parent, with a tool', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    stack.model.script(
      [
        spawning({ prompt: child }),
        { reply: { text: 'On it.' } },
        {
          expect: ({ messages }) => expect(messages.at(-1)?.content).toBe('stop it'),
          reply: { toolCalls: [{ name: 'subagent_cancel', arguments: { id: 'a_none' } }] },
        },
      ],
      parent,
    );
    stack.model.script([{ times: patient, pauseAfter: { pieces: 0, gate: child }, reply: { text: 'never' } }], child);
    const session = await startSession(stack, parent);
    const [subagent] = await spawned(stack, session, 1);
    const id = subagent?.id ?? '';
    await stack.model.reached(child);
    stack.model.script(
      [
        {
          expect: { last: { role: 'tool', content: /has spawned no background agent "a_none"; there are a_\w+/ } },
          reply: { toolCalls: [{ name: 'subagent_cancel', arguments: { id } }] },
        },
        { expect: { last: { role: 'tool', content: /^Cancelling a_/ } }, reply: { text: 'Stopped.' } },
        {
          expect: { last: { role: 'user', content: /was cancelled: subagent_cancelled\]$/ } },
          reply: { text: 'Good.' },
        },
      ],
      parent,
    );
    await settled(stack, session, 1);
    await stack.api.sendMessage(session, { text: 'stop it' });
    expect(await delivered(stack, id)).toMatchObject({ status: 'cancelled' });
    await settled(stack, session, 3);
    expect(stack.model.failures).toEqual([]);
  });

  test('the turn of its session, as a person may', async () => {
    const { ids, keys, sessions } = await family(1);
    await stack.model.reached(keys[0] ?? '');
    await stack.api.cancelTurn(sessions[0] ?? '');
    expect(await delivered(stack, ids[0] ?? '')).toMatchObject({ status: 'cancelled' });
  });
});

describe('one that is ended from outside has crashed', () => {
  test.each([
    ['its own workflow', (id: string) => subagentWorkflowId(id)],
    ['the workflow of its turn', (_: string, session: string) => turnWorkflowId(session, 1)],
  ])('%s', async (_, workflowId) => {
    const { ids, keys, session, sessions } = await family(1);
    const [id = '', own = ''] = [ids[0], sessions[0]];
    await stack.model.reached(keys[0] ?? '');
    await until('it to run', async () => (await statuses(ids)).join() === 'running');
    await client.workflow.getHandle(workflowId(id, own)).terminate('a test');
    expect(await delivered(stack, id)).toMatchObject({ status: 'crashed', code: 'subagent_crashed' });
    const [told, ...more] = await tidings(session, id);
    expect(told).toMatch(/crashed: subagent_crashed\]\n.*ended from outside/);
    expect(more).toEqual([]);
    const states = (await toldStates(stack, session))[id];
    expect(states).toEqual(['queued', 'running', 'crashed']);
    // Nothing of it runs on.
    await until('its turn to end', async () => {
      const { status } = await client.workflow.getHandle(turnWorkflowId(own, 1)).describe();
      return status.name !== 'RUNNING';
    });
  });
});

test('a message to one that runs is read before it ends; one to one that waits, after its prompt', async () => {
  const { ids, keys, sessions, session } = await family(3);
  await stack.model.reached(keys[0] ?? '');
  stack.model.script([{ expect: { last: { content: 'also this' } }, reply: { text: 'and this' } }], keys[0] ?? '');
  stack.model.script([{ expect: { last: { content: 'and that' } }, reply: { text: 'and that too' } }], keys[2] ?? '');
  await stack.api.sendToSubagent(ids[0] ?? '', { text: 'also this' });
  await stack.api.sendMessage(sessions[2] ?? '', { text: 'and that' });
  for (const key of keys) stack.model.open(key);
  expect(await delivered(stack, ids[0] ?? '')).toMatchObject({ status: 'completed', result: 'and this' });
  expect(await delivered(stack, ids[2] ?? '')).toMatchObject({ status: 'completed', result: 'and that too' });
  await delivered(stack, ids[1] ?? '');
  for (const id of ids) expect(await tidings(session, id)).toHaveLength(1);
  await expect(stack.api.sendToSubagent(ids[0] ?? '', { text: 'late' })).rejects.toMatchObject({
    code: 'subagent_ended',
    message: expect.stringContaining(`/api/sessions/${sessions[0]}/messages`),
  });
  // Its session goes on as any other.
  stack.model.script([{ reply: { text: 'Still here.' } }], keys[0] ?? '');
  await stack.api.sendMessage(sessions[0] ?? '', { text: 'are you there?' });
  expect((await settled(stack, sessions[0] ?? '', 3)).status).toBe('completed');
  expect(stack.model.failures).toEqual([]);
});

test('they are listed by session and by state, in pages, and stand apart from the sessions of people', async () => {
  const { ids, keys, session, sessions } = await family(2);
  for (const key of keys) stack.model.open(key);
  for (const id of ids) await delivered(stack, id);
  const first = await stack.api.listSubagents({ session, limit: 1 });
  const next = await stack.api.listSubagents({ session, limit: 1, cursor: first.nextCursor ?? '' });
  expect([...first.subagents, ...next.subagents].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(next.nextCursor).toBeNull();
  expect((await stack.api.listSubagents({ session, status: 'crashed' })).subagents).toEqual([]);
  expect(await stack.api.getSubagent(ids[0] ?? '')).toMatchObject({
    result: `done ${keys[0]}`,
    deliveredTurn: expect.any(Number),
  });
  await expect(stack.api.getSubagent('a_none')).rejects.toMatchObject({ code: 'subagent_not_found' });
  const listed = (await stack.api.listSessions({ limit: 200 })).sessions.map(({ id }) => id);
  expect(listed).toContain(session);
  expect(listed).not.toContain(sessions[0]);
  expect((await stack.api.getSession(sessions[0] ?? '')).session.parentId).toBe(session);
});

test('a parent that is deleted leaves one and cancels another, as each was spawned', async () => {
  const parent = randomUUID();
  const [left, taken] = [randomUUID(), randomUUID()];
  stack.model.script(
    [spawning({ prompt: left }, { prompt: taken, onParentEnd: 'cancel' }), { reply: { text: 'They work.' } }],
    parent,
  );
  for (const key of [left, taken])
    stack.model.script([{ times: patient, pauseAfter: { pieces: 0, gate: key }, reply: { text: 'done' } }], key);
  const session = await startSession(stack, parent);
  const [one, other] = await spawned(stack, session, 2);
  await stack.model.reached(left);
  await stack.model.reached(taken);
  await settled(stack, session, 1);
  await stack.api.deleteSession(session);
  expect((await ended(stack, other?.id ?? '')).status).toBe('cancelled');
  stack.model.open(left);
  expect(await ended(stack, one?.id ?? '')).toMatchObject({ status: 'completed', result: 'done', deliveredTurn: null });
});

test('one whose own session is deleted is cancelled, and says why', async () => {
  const { ids, keys, session, sessions } = await family(1);
  await stack.model.reached(keys[0] ?? '');
  await until('it to run', async () => (await statuses(ids)).join() === 'running');
  await stack.api.deleteSession(sessions[0] ?? '');
  expect(await delivered(stack, ids[0] ?? '')).toMatchObject({ status: 'cancelled', sessionId: null });
  expect(await tidings(session, ids[0] ?? '')).toHaveLength(1);
});
