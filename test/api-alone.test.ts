import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiClient } from '../client/api.ts';
import { freePort } from '../runtime/ports.ts';
import { openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';

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

test('the API starts and reads while Temporal is away; what it takes is kept for later', async () => {
  const nobody = `127.0.0.1:${await freePort()}`;
  const { baseUrl } = await processes.api({ TEMPORAL_ADDRESS: nobody });
  const api = createApiClient({ baseUrl, token: stack.token });
  const { id } = await api.createSession({ workspace: stack.workspace });
  expect((await api.listSessions()).sessions.map((session) => session.id)).toContain(id);
  const sent = await api.sendMessage(id, { text: 'for later' });
  expect(sent).toMatchObject({ messageId: expect.any(String), turnId: `${id}/1` });
});
