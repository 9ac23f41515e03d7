import { afterEach, expect, test } from 'vitest';
import { createApiClient } from './api.ts';
import { serve, type TestServer } from './testing/server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
});

type Seen = { method: string; url: string; headers: Record<string, unknown>; body: string };

const answering = async (status: number, body: string, type = 'application/json') => {
  const seen: Seen[] = [];
  server = await serve((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: text });
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  return { seen, api: createApiClient({ baseUrl: `${server.url}/`, token: 'secret' }) };
};

test('sends the token, a JSON body and an idempotency key; encodes ids', async () => {
  const { seen, api } = await answering(202, '{"messageId":"m1","turnId":null}');
  expect(await api.sendMessage('a/b', { text: 'hé' }, { idempotencyKey: 'k1' })).toEqual({
    messageId: 'm1',
    turnId: null,
  });
  await api.sendMessage('a', { text: 'again' });
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/sessions/a%2Fb/messages', body: '{"text":"hé"}' });
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'idempotency-key': 'k1',
  });
  expect(seen[1]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
});

test('leaves empty query values out', async () => {
  const { seen, api } = await answering(200, '{"sessions":[],"nextCursor":null}');
  await api.listSessions({ q: '', limit: 5 });
  expect(seen[0]?.url).toBe('/api/sessions?limit=5');
});

test('a problem becomes an error of the table with its details', async () => {
  const first = { decision: 'deny' };
  const problem = {
    type: 'about:blank',
    title: 'x',
    status: 409,
    detail: 'Already answered',
    code: 'approval_answered',
    retryable: false,
    details: { approval: first },
  };
  const { api } = await answering(409, JSON.stringify(problem), 'application/problem+json');
  await expect(api.answerApproval('s/1/1/0', { decision: 'approve' })).rejects.toMatchObject({
    name: 'EverturnError',
    code: 'approval_answered',
    message: 'Already answered',
    details: { approval: first },
  });
});

test('a code of a newer server is kept in the details', async () => {
  const problem = { type: 'x', title: 'x', status: 418, detail: 'New', code: 'teapot', retryable: false };
  const { api } = await answering(418, JSON.stringify(problem));
  await expect(api.health()).rejects.toMatchObject({ code: 'internal', details: { code: 'teapot', status: 418 } });
});

test('an answer in the words of a proxy is still an error of the table', async () => {
  const { api } = await answering(502, '<h1>Bad gateway</h1>', 'text/html');
  await expect(api.health()).rejects.toMatchObject({ code: 'not_running', message: expect.stringContaining('502') });
});

test('an answer that breaks its contract names the place', async () => {
  const { api } = await answering(200, '{"sessions":[{"id":1}],"nextCursor":null}');
  await expect(api.listSessions()).rejects.toThrow(/list sessions.*contract at sessions\.0\.id/);
});

test('nobody listening says what to start', async () => {
  const gone = await serve(() => {});
  await gone.close();
  const api = createApiClient({ baseUrl: gone.url, token: null });
  await expect(api.health()).rejects.toMatchObject({
    code: 'not_running',
    message: expect.stringContaining('npx everturn up'),
  });
});

test('a page in place of a stream is refused', async () => {
  const { api } = await answering(200, '<html>', 'text/html');
  await expect(api.openChanges()).rejects.toThrow('not an event stream but text/html');
});

test('an abort is the abort, not an error of ours', async () => {
  const { api } = await answering(200, '{}');
  await expect(api.health({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
