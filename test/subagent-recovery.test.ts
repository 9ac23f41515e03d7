import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { turnWorkflowId } from '../contracts/ids.ts';
import { recoverWorker } from '../runtime/recovery.ts';
import { openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, spawned, spawning, startSession, toldStates } from './support/subagents.ts';

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

test('P9: the worker of both is killed with -9, the turn of the parent is terminated: one end, one message, in the next turn', async () => {
  const [parent, child] = [randomUUID(), randomUUID()];
  const times = { min: 1, max: 5 };
  stack.model.script(
    [
      spawning({ prompt: child, label: 'Survivor' }),
      { pauseAfter: { pieces: 0, gate: parent }, reply: { text: 'On it.' }, times },
      { reply: { text: 'Noted.' }, times },
    ],
    parent,
  );
  stack.model.script([{ pauseAfter: { pieces: 0, gate: child }, reply: { text: 'I lived.' }, times }], child);
  const first = await processes.worker();
  const session = await startSession(stack, parent);
  const [subagent] = await spawned(stack, session, 1);
  const id = subagent?.id ?? '';
  await Promise.all([stack.model.reached(child), stack.model.reached(parent)]);
  await first.kill9();
  await new Client({ connection: stack.connection }).workflow.getHandle(turnWorkflowId(session, 1)).terminate('a test');
  await processes.worker();
  await recoverWorker(
    { store: stack.store, connection: stack.connection, namespace: 'default', log: stack.log },
    first.id,
  );
  await stack.model.reached(child, 2);
  stack.model.open(child);
  stack.model.open(parent);
  expect(await delivered(stack, id)).toMatchObject({ status: 'completed', result: 'I lived.' });
  expect(await toldStates(stack, session)).toEqual({ [id]: ['queued', 'running', 'completed'] });
  const { view } = await stack.api.getSession(session);
  const told = view.chunks.filter(({ body }) => body.kind === 'text' && body.role === 'user' && body.text.includes(id));
  expect(told).toHaveLength(1);
  expect(stack.model.failures).toEqual([]);
});
