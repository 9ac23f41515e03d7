import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../client/api.ts';
import type { Question } from '../contracts/runs.ts';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const aliceToken = 'token-of-alice-0001';
let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ users: [{ name: 'alice', role: 'operator', token: aliceToken }] });
  await stack.startWorker();
});
afterAll(() => stack.close());

const alice = () => createApiClient({ baseUrl: stack.baseUrl, token: aliceToken });

let count = 0;
const ask = async (fields = ''): Promise<{ id: string; question: Question }> => {
  const name = `ask${count++}`;
  const lines = `  - id: ask\n    kind: approval\n    prompt: Ship it?\n${fields}`;
  await define(stack, 'flows', name, `name: ${name}\nsteps:\n${lines}output: results.ask.output\n`);
  const { id } = await stack.api.startRun({ flow: name });
  const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
  return { id, question };
};

describe('a question of a run', () => {
  test('stands in the inbox, makes its run wait, and its answer is the result', async () => {
    const { id, question } = await ask();
    expect((await stack.api.listApprovals()).questions).toContainEqual(expect.objectContaining(question));
    expect((await stack.api.getRun(id)).run.waiting).toBe(true);
    const answered = await alice().answerQuestion(question.id, { decision: 'approve', note: 'at last' });
    expect(answered).toMatchObject({ status: 'answered', decision: 'approve', answeredBy: 'alice', note: 'at last' });
    expect((await ended(stack, id)).status).toBe('completed');
    expect((await stack.api.getRunOutput(id)).output).toMatchObject({ decision: 'approve', by: 'alice' });
    expect((await stack.api.listApprovals()).questions).toEqual([]);
  });

  test('without a deadline has no time that could be over', async () => {
    const { id, question } = await ask();
    const again = { ...question, approvers: null, deadlineMs: null };
    expect(await stack.store.questions.ask(again)).toBeNull();
    await stack.api.cancelRun(id);
    await ended(stack, id);
  });

  test('denied: the step has failed, and says by whom', async () => {
    const { id, question } = await ask();
    await stack.api.answerQuestion(question.id, { decision: 'deny', note: 'not today' });
    expect(await ended(stack, id)).toMatchObject({ status: 'failed', reason: 'ask: Denied by owner: not today' });
  });

  test('answered twice: the second gets the first answer, also in the name of another', async () => {
    const { id, question } = await ask();
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    await ended(stack, id);
    await expect(alice().answerQuestion(question.id, { decision: 'deny' })).rejects.toMatchObject({
      code: 'approval_answered',
      details: { question: { decision: 'approve', answeredBy: 'owner' } },
    });
  });

  test('is answered by those whom the step names, and by nobody else', async () => {
    const { id, question } = await ask('    approvers: [alice]\n');
    await expect(stack.api.answerQuestion(question.id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'approver_refused',
      message: expect.stringMatching(/owner is not among alice/),
    });
    await alice().answerQuestion(question.id, { decision: 'approve' });
    expect((await ended(stack, id)).status).toBe('completed');
  });

  test('after its deadline: too late', async () => {
    const { id, question } = await ask('    deadline: 300ms\n');
    expect((await ended(stack, id)).status).toBe('failed');
    await expect(stack.api.answerQuestion(question.id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'approval_expired',
    });
  });

  test('with a form: what does not fit is named, what fits is the result', async () => {
    const { id, question } = await ask(
      '    form:\n      - { name: version, required: true }\n      - { name: ring, type: choice, choices: [beta, all] }\n      - { name: share, type: number }\n',
    );
    const refused = async (fields: Record<string, unknown>, faults: string[]) =>
      await expect(stack.api.answerQuestion(question.id, { decision: 'approve', fields })).rejects.toMatchObject({
        code: 'form_invalid',
        details: { faults },
      });
    await refused({}, ['version: is required']);
    await refused({ version: '1', ring: 'some' }, ['ring: expected one of beta, all']);
    await refused({ version: 1, share: 'half', more: true }, [
      'version: expected a text',
      'share: expected a number',
      'more: the form has no such field',
    ]);
    const fields = { version: '1.2', ring: 'beta', share: 0.5 };
    await stack.api.answerQuestion(question.id, { decision: 'approve', fields });
    await ended(stack, id);
    expect((await stack.api.getRunOutput(id)).output).toMatchObject({ fields });
  });

  test('answered while nobody could be told: the reconciler tells the step', async () => {
    const { id, question } = await ask();
    await stack.store.questions.answer(question, { decision: 'approve', fields: null, note: null, by: 'owner' });
    expect((await ended(stack, id)).status).toBe('completed');
  });
});

test('a user is let in by a token of their own, and by nothing like it', async () => {
  await expect(alice().listRuns()).resolves.toMatchObject({ nextCursor: null });
  for (const token of [`${aliceToken}x`, 'alice', 'undefined'])
    await expect(createApiClient({ baseUrl: stack.baseUrl, token }).listRuns()).rejects.toMatchObject({
      code: 'unauthorized',
    });
});
