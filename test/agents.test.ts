import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, settled } from './support/conversation.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ models: ['large', 'small'] });
  await stack.startWorker();
});
afterAll(() => stack.close());

const define = async (name: string, head: string, prompt: string): Promise<void> => {
  const folder = path.join(stack.workspace, '.everturn', 'agents');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.md`), `---\n${head}\n---\n${prompt}\n`);
};

test('an agent has its own prompt, tools and model; an edit of its file changes no session', async () => {
  const key = randomUUID();
  await define('reader', 'models: [tiny, small]\ntools: [read_file, list_files]', 'You read, and nothing else.');
  stack.model.script(
    [
      {
        expect: { tools: ['list_files', 'read_file'] },
        reply: { toolCalls: [{ name: 'write_file', arguments: { path: 'a.txt', content: 'a' } }] },
      },
      { expect: { last: { content: /"write_file": there is no such tool/ } }, reply: { text: 'I only read.' } },
      { reply: { text: 'Still.' } },
    ],
    key,
  );
  const session = await stack.api.createSession({ agent: 'reader' });
  expect([session.agent, session.model]).toEqual(['reader', 'small']);
  await stack.api.sendMessage(session.id, { text: key });
  await settled(stack, session.id, 1);
  await define('reader', 'tools: [write_file]', 'You write.');
  await stack.api.sendMessage(session.id, { text: 'again' });
  expect((await settled(stack, session.id, 2)).status).toBe('completed');

  const requests = stack.model.requests(key).map(({ body }) => body);
  expect(stack.model.failures).toEqual([]);
  expect(requests.map(({ model }) => model)).toEqual(['small', 'small', 'small']);
  expect(requests[0]?.messages[0]?.content).toBe(
    `You read, and nothing else.\nThe workspace is ${stack.workspace}. Paths in tool calls are relative to it.`,
  );
  expect(new Set(requests.map(({ tools, messages }) => JSON.stringify([tools, messages[0]]))).size).toBe(1);
  const { spans } = await stack.api.listSpans(session.id);
  const requested = spans.filter(({ kind }) => kind === 'model');
  expect(requested.map(({ attributes }) => (attributes.prefix as { extends: boolean }).extends)).toEqual([
    true,
    true,
    true,
  ]);
});

test('what an agent permits needs no approval; what it does not still does', async () => {
  const key = randomUUID();
  await define('writer', 'permissions: [write]', 'You write.');
  stack.model.script(
    [
      { reply: { toolCalls: [{ name: 'write_file', arguments: { path: `${key}.txt`, content: 'a' } }] } },
      { reply: { toolCalls: [{ name: 'run_command', arguments: { argv: ['true'] } }] } },
    ],
    key,
  );
  const { id } = await stack.api.createSession({ agent: 'writer' });
  await stack.api.sendMessage(id, { text: key });
  await expect.poll(async () => (await stack.api.getSession(id)).session.status).toBe('waiting');
  const { view } = await stack.api.getSession(id);
  expect(kinds(view)).toEqual(['text', 'tool_call', 'tool_result', 'tool_call']);
  expect(view.approvals.map(({ tool }) => tool)).toEqual(['run_command']);
  await stack.api.cancelTurn(id);
  await settled(stack, id, 1);
});

test('an agent that is not there is refused; for one without a model that is configured the default stands in', async () => {
  await define('grand', 'models: [huge, giant]', 'You think.');
  await expect(stack.api.createSession({ agent: 'gramd' })).rejects.toMatchObject({
    code: 'agent_not_found',
    message: expect.stringMatching(/gramd.*grand/s),
  });
  expect(await stack.api.createSession({ agent: 'grand' })).toMatchObject({ model: 'large' });
});

test('the sessions of a run are listed with the run alone', async () => {
  const [own, step] = [randomUUID(), randomUUID()];
  await stack.store.sessions.create(sessionRow(own));
  await stack.store.sessions.create(sessionRow(step, { runId: 'r1', node: 'run/r1/step/a' }));
  const listed = await stack.api.listSessions({ limit: 200 });
  const ids = listed.sessions.map(({ id }) => id);
  expect([ids.includes(own), ids.includes(step)]).toEqual([true, false]);
  const { sessions } = await stack.api.listSessions({ limit: 200, runId: 'r1' });
  expect(sessions.map(({ id, runId, node }) => [id, runId, node])).toEqual([[step, 'r1', 'run/r1/step/a']]);
});
