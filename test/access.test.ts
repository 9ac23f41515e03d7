import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

type Answer = { status: number; type: string; body: string };

/** By node:http, because fetch does not let a program lie about Host and Origin as an attacker's page makes a browser do. */
const send = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, stack.baseUrl), { method, headers }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

const bearer = () => ({ authorization: `Bearer ${stack.token}` });
const json = { 'content-type': 'application/json' };

const expectProblem = (answer: Answer, status: number, code: string, detail?: RegExp): void => {
  expect(answer.status).toBe(status);
  expect(answer.type).toContain('application/problem+json');
  const problem = JSON.parse(answer.body);
  expect(problem).toMatchObject({ status, code });
  if (detail) expect(problem.detail).toMatch(detail);
};

// Every route with every attack: routes.test.ts.
describe('nobody without the token (P12)', () => {
  test('what is open says nothing about the project', async () => {
    const ready = await send('GET', '/api/ready', {});
    expect(Object.keys(JSON.parse(ready.body))).toEqual(['ready']);
    const openapi = JSON.parse((await send('GET', '/api/openapi.json', {})).body);
    expect(openapi.openapi).toBe('3.1.0');
    expect(Object.keys(openapi.paths)).toContain('/api/sessions/{id}/messages');
  });
});

describe('a page open in the same browser is nobody (P12)', () => {
  test('a rebound name', async () => {
    expectProblem(
      await send('GET', '/api/sessions', { ...bearer(), host: 'evil.example:4100' }),
      403,
      'forbidden_origin',
    );
    expectProblem(
      await send('GET', '/api/sessions', { ...bearer(), host: '127.0.0.1.evil.example' }),
      403,
      'forbidden_origin',
    );
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'])(
    'Origin: %s',
    async (origin) => {
      expectProblem(
        await send('POST', '/api/sessions', { ...bearer(), ...json, origin }, '{}'),
        403,
        'forbidden_origin',
      );
    },
  );

  test('a form, which needs no leave of the server to be sent', async () => {
    const form = { ...bearer(), 'content-type': 'application/x-www-form-urlencoded' };
    expectProblem(await send('POST', '/api/sessions', form, 'title=x'), 415, 'unsupported_media_type');
  });

  test('no leave for other origins is ever given', async () => {
    const answer = await fetch(`${stack.baseUrl}/api/sessions`, { headers: bearer() });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('bad input', () => {
  const post = (path: string, body: unknown) =>
    send('POST', path, { ...bearer(), ...json }, typeof body === 'string' ? body : JSON.stringify(body));

  test.each<[string, () => Promise<Answer>, number, string, RegExp]>([
    ['a body that is no JSON', () => post('/api/sessions', '{'), 400, 'bad_request', /JSON/],
    ['a field that does not fit', () => post('/api/sessions', { allow: ['fly'] }), 400, 'bad_request', /body .*allow/],
    [
      'a body over the limit',
      () => post('/api/sessions', { title: 'x'.repeat(1_100_000) }),
      413,
      'body_too_large',
      /large/,
    ],
    [
      'a workspace that is not there',
      () => post('/api/sessions', { workspace: '/no/such/folder' }),
      422,
      'workspace_invalid',
      /\/no\/such\/folder.*ENOENT/,
    ],
    [
      'a workspace that is relative',
      () => post('/api/sessions', { workspace: 'here' }),
      422,
      'workspace_invalid',
      /absolute/,
    ],
    [
      'a workspace that is a file',
      () => post('/api/sessions', { workspace: '/etc/hostname' }),
      422,
      'workspace_invalid',
      /not a folder/,
    ],
    ['an unknown session', () => post('/api/sessions/s_no/messages', { text: 'x' }), 404, 'session_not_found', /s_no/],
    ['a message without words', () => post('/api/sessions/s_no/messages', { text: '' }), 400, 'bad_request', /text/],
    ['an unknown route', () => post('/api/nothing', {}), 404, 'not_found', /POST \/api\/nothing/],
    ['a page size out of bounds', () => send('GET', '/api/sessions?limit=0', bearer()), 400, 'bad_request', /limit/],
    ['a cursor that is none', () => send('GET', '/api/sessions?cursor=zzz', bearer()), 400, 'bad_request', /cursor/],
  ])('%s', async (_, act, status, code, detail) => expectProblem(await act(), status, code, detail));

  test('a key used again with another body', async () => {
    const { id } = await stack.api.createSession({ workspace: stack.workspace }, { idempotencyKey: 'k' });
    expect((await stack.api.createSession({ workspace: stack.workspace }, { idempotencyKey: 'k' })).id).toBe(id);
    await expect(stack.api.createSession({ workspace: '/' }, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    await stack.api.sendMessage(id, { text: 'one' }, { idempotencyKey: 'm' });
    await expect(stack.api.sendMessage(id, { text: 'two' }, { idempotencyKey: 'm' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  test('without a worker a message is taken all the same: it is committed, and its turn waits for one', async () => {
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    const sent = await stack.api.sendMessage(id, { text: 'later' });
    expect(sent.turnId).toBe(`${id}/1`);
    const { view } = await stack.api.getSession(id);
    expect(view.turns[1]?.status).toBe('running');
    expect(view.chunks.map(({ body }) => body)).toEqual([{ kind: 'text', role: 'user', text: 'later' }]);
  });
});
