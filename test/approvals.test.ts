import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../contracts/approvals.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
});
afterAll(() => stack.close());

const ask = async (file: string) => {
  const key = randomUUID();
  const call = { name: 'run_command', arguments: JSON.stringify({ argv: ['sh', '-c', `echo ran >> ${file}`] }) };
  stack.model.script([{ reply: { toolCalls: [call] } }, { reply: { text: 'Done.' } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  const approval = await until<Approval>(
    'the question',
    async () => (await stack.api.getSession(id)).view.approvals[0],
  );
  return { id, key, approval };
};

const content = (file: string) => readFile(path.join(stack.workspace, file), 'utf8').catch(() => null);

describe('an approval', () => {
  test('shows the exact arguments, and the call runs once it is given', async () => {
    const { id, approval } = await ask('approved.txt');
    expect(JSON.parse(approval.arguments)).toEqual({ argv: ['sh', '-c', 'echo ran >> approved.txt'] });
    expect(await content('approved.txt')).toBeNull();
    expect((await stack.api.getSession(id)).session.status).toBe('waiting');
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(await content('approved.txt')).toBe('ran\n');
  });

  test('denied: the call does not run and the model is told why', async () => {
    const { id, key, approval } = await ask('denied.txt');
    await stack.api.answerApproval(approval.id, { decision: 'deny', note: 'not on a Saturday' });
    await settled(stack, id, 1);
    expect(await content('denied.txt')).toBeNull();
    expect(stack.model.requests(key)[1]?.body.messages.at(-1)?.content).toContain('not on a Saturday');
  });

  test('answered twice: the second gets 409 with the first answer', async () => {
    const { id, approval } = await ask('twice.txt');
    const answers = await Promise.allSettled(
      (['approve', 'deny', 'approve'] as const).map((decision) => stack.api.answerApproval(approval.id, { decision })),
    );
    const given = answers.filter(({ status }) => status === 'fulfilled');
    expect(given).toHaveLength(1);
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    for (const error of refused)
      expect(error).toMatchObject({
        code: 'approval_answered',
        details: { approval: { id: approval.id, status: 'answered' } },
      });
    await settled(stack, id, 1);
    expect(await content('twice.txt')).toBe(refused[0]?.details.approval.decision === 'approve' ? 'ran\n' : null);
  });

  test('answered while nobody could be told: the reconciler tells the turn', async () => {
    const { id, approval } = await ask('late.txt');
    await stack.store.approvals.answer(approval, 'approve', null, 'test');
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(await content('late.txt')).toBe('ran\n');
  });

  test('is bound to its arguments: a row that was tampered with does not run', async () => {
    const { id, approval } = await ask('tampered.txt');
    const other = JSON.stringify({ argv: ['sh', '-c', 'echo other >> tampered.txt'] });
    await stack.store.database.query(
      `UPDATE chunks SET body = jsonb_set(body, '{arguments}', to_jsonb($2::text)) WHERE session_id = $1 AND kind = 'tool_call'`,
      [id, other],
    );
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { view } = await settled(stack, id, 1);
    expect(view.chunks.find(({ body }) => body.kind === 'tool_result')?.body).toMatchObject({ status: 'error' });
    expect(await content('tampered.txt')).toBeNull();
  });

  test('of an unknown id: 404', async () => {
    await expect(stack.api.answerApproval('s_x/1/1/0', { decision: 'approve' })).rejects.toMatchObject({
      code: 'approval_not_found',
    });
  });
});
