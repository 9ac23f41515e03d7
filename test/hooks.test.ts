import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';

const secretEnv = 'EVERTURN_TEST_HOOK_SECRET';
const secret = 'a-secret-of-the-hook';
const flow = (name: string, more: string) =>
  `name: ${name}\ninputs: { type: object, required: [ref], properties: { ref: { type: string } } }\nsteps:\n  - { id: a, kind: code, code: 'return input.ref' }\noutput: results.a.output\n${more}`;

let stack: Stack;
beforeAll(async () => {
  process.env[secretEnv] = secret;
  stack = await openStack();
  await stack.startWorker();
  await define(stack, 'flows', 'pushed', flow('pushed', `webhook: { secretEnv: ${secretEnv} }\n`));
  await define(stack, 'flows', 'unset', flow('unset', 'webhook: { secretEnv: EVERTURN_TEST_NO_SUCH_VARIABLE }\n'));
  await define(stack, 'flows', 'unhooked', flow('unhooked', ''));
});
afterAll(async () => {
  delete process.env[secretEnv];
  await stack.close();
});

const post = async (name: string, headers: Record<string, string>, body: unknown = { ref: 'main' }) => {
  const answer = await fetch(`${stack.baseUrl}/api/hooks/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
};
const known = { 'x-everturn-secret': secret };

test('starts the flow with its body as the input, and needs no token', async () => {
  const { status, body } = await post('pushed', known);
  expect([status, body]).toEqual([202, { runId: expect.stringMatching(/^r_/) }]);
  expect(await ended(stack, body.runId)).toMatchObject({ status: 'completed', trigger: 'webhook' });
  expect((await stack.api.getRunOutput(body.runId)).output).toBe('main');
});

test('the same key again starts nothing more', async () => {
  const headers = { ...known, 'idempotency-key': 'delivery-1' };
  const first = await post('pushed', headers);
  expect(await post('pushed', headers)).toEqual(first);
  expect(await post('pushed', headers, { ref: 'other' })).toMatchObject({ body: { code: 'idempotency_mismatch' } });
});

const signed = (body: unknown, by = secret) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', by).update(JSON.stringify(body)).digest('hex')}`,
});

test('a signature of the body by the secret is as good, as GitHub and others send it', async () => {
  const { status, body } = await post('pushed', signed({ ref: 'größe' }), { ref: 'größe' });
  expect(status).toBe(202);
  await ended(stack, body.runId);
  expect((await stack.api.getRunOutput(body.runId)).output).toBe('größe');
  expect(await post('pushed', signed([1]), [1])).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  expect(await post('pushed', signed({}), {})).toMatchObject({ status: 422, body: { code: 'input_invalid' } });
  const delivery = { ...signed({ ref: 'main' }), 'x-github-delivery': '5d1c' };
  expect(await post('pushed', delivery)).toEqual(await post('pushed', delivery));
  expect((await post('pushed', { 'x-gitlab-token': secret })).status).toBe(202);
});

test('whatever is wrong, who has no secret is answered the same', async () => {
  const refusals = [
    await post('pushed', {}),
    await post('pushed', { 'x-everturn-secret': `${secret}x` }),
    await post('pushed', { 'x-everturn-secret': '' }),
    await post('pushed', { authorization: `Bearer ${stack.token}` }),
    await post('unset', { 'x-everturn-secret': 'undefined' }),
    await post('unset', {}),
    await post('unhooked', known),
    await post('none', known),
    await post('none', {}, 'not an object'),
    await post('pushed', signed({ ref: 'other' })),
    await post('pushed', signed({ ref: 'main' }, 'another secret')),
    await post('pushed', { ...signed({ ref: 'main' }), 'x-everturn-secret': 'wrong' }),
    await post('pushed', { 'x-hub-signature-256': 'sha256=' }),
    await post('pushed', { 'x-hub-signature': signed({ ref: 'main' })['x-hub-signature-256'] }),
    await post('unset', signed({ ref: 'main' }, 'undefined')),
    await post('unset', signed({ ref: 'main' }, '')),
    await post('none', signed({ ref: 'main' })),
    await post('pushed', { 'x-gitlab-token': 'wrong' }),
  ];
  for (const refusal of refusals) {
    expect(refusal).toEqual(refusals[0]);
    expect(refusal).toMatchObject({ status: 401, body: { code: 'webhook_refused' } });
  }
});

test('who has the secret is told what is wrong with the input', async () => {
  expect(await post('pushed', known, {})).toMatchObject({ status: 422, body: { code: 'input_invalid' } });
  expect(await post('pushed', known, [1])).toMatchObject({ status: 400, body: { code: 'bad_request' } });
});
