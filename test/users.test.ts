import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretHash } from '../api/secrets.ts';
import { createApiClient } from '../client/api.ts';
import type { AuditRecord } from '../contracts/audit.ts';
import type { Role } from '../contracts/users.ts';
import { send } from './support/check-routes.ts';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const fileToken = 'token-of-frida-00001';
let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ users: [{ name: 'frida', role: 'viewer', token: fileToken }] });
  await stack.startWorker();
});
afterAll(() => stack.close());

let count = 0;
const add = async (role: Role, fields: { expiresInDays?: number } = {}) => {
  const name = `${role}-${count++}`;
  const { token } = await stack.api.addUser({ name, role, ...fields });
  return { name, token, api: createApiClient({ baseUrl: stack.baseUrl, token }) };
};

/** Reads a stream to its end. */
const follow = async (api: { openChanges: typeof stack.api.openChanges }) => {
  const reader = (await api.openChanges()).getReader();
  let hasEnded = false;
  const read = async (): Promise<void> => {
    for (;;) {
      const { done } = await reader.read().catch(() => ({ done: true }));
      if (done) break;
    }
    hasEnded = true;
  };
  void read();
  return { hasEnded: () => hasEnded, leave: () => reader.cancel().catch(() => {}) };
};

const recordsOf = async (query: Parameters<typeof stack.api.listAudit>[0]): Promise<AuditRecord[]> =>
  (await stack.api.listAudit(query)).records;

describe('roles', () => {
  test('a viewer reads, and is told what more would need', async () => {
    const { api, name } = await add('viewer');
    expect((await api.health()).user).toEqual({ name, role: 'viewer' });
    await api.listSessions();
    await expect(api.createSession({})).rejects.toMatchObject({
      code: 'forbidden_role',
      message: `Cannot POST /api/sessions: ${name} is viewer, and it needs operator. Ask an admin for the role`,
      details: { role: 'viewer', needed: 'operator' },
    });
  });

  test('an operator works, and has no say in who else may', async () => {
    const { api } = await add('operator');
    await api.createSession({ workspace: stack.workspace });
    const refused = [() => api.listUsers(), () => api.listAudit(), () => api.addUser({ name: 'x', role: 'admin' })];
    for (const ask of refused) {
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden_role' });
    }
  });

  test('an admin that is no owner may do all', async () => {
    const { api } = await add('admin');
    await api.addUser({ name: 'by-an-admin', role: 'viewer' });
    await api.removeUser('by-an-admin');
    expect((await api.listAudit({ limit: 1 })).records[0]).toMatchObject({ action: 'user.remove' });
  });

  test('users of everturn.yaml have theirs, and no command changes them', async () => {
    const frida = createApiClient({ baseUrl: stack.baseUrl, token: fileToken });
    expect((await frida.health()).user).toEqual({ name: 'frida', role: 'viewer' });
    await expect(frida.cancelTurn('s_x')).rejects.toMatchObject({ code: 'forbidden_role' });
    for (const name of ['frida', 'owner']) {
      await expect(stack.api.removeUser(name)).rejects.toMatchObject({ code: 'user_fixed' });
      await expect(stack.api.changeUser(name, { role: 'admin' })).rejects.toMatchObject({ code: 'user_fixed' });
      await expect(stack.api.addUser({ name, role: 'admin' })).rejects.toMatchObject({ code: 'user_exists' });
    }
  });
});

describe('tokens', () => {
  test('are kept as hashes', async () => {
    const { token, name } = await add('viewer');
    const rows = await stack.store.database.query<{ row: string }>('SELECT credentials::text AS row FROM credentials');
    expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
    expect(rows.filter(({ row }) => row.includes(secretHash(token)) && row.includes(name))).toHaveLength(1);
    // Nor is the hash let in.
    const thief = createApiClient({ baseUrl: stack.baseUrl, token: secretHash(token) });
    await expect(thief.health()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('a name has one; another needs the removal of the first', async () => {
    const { name, api } = await add('viewer');
    await expect(stack.api.addUser({ name, role: 'admin' })).rejects.toMatchObject({ code: 'user_exists' });
    const together = await Promise.allSettled(
      [1, 2, 3, 4].map(() => stack.api.addUser({ name: 'racer', role: 'viewer' })),
    );
    expect(together.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await stack.api.removeUser(name);
    await expect(api.health()).rejects.toMatchObject({ code: 'unauthorized' });
    await stack.api.addUser({ name, role: 'viewer' });
    await expect(api.health()).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(stack.api.removeUser('nobody')).rejects.toMatchObject({ code: 'user_not_found' });
  });

  test.each(['', 'a b', 'a\u202eb', 'a\u0000b', 'x'.repeat(101), 'webhook x', '../owner', 'ａlice'])(
    'a name that could be taken for another is refused: %j',
    async (name) => {
      await expect(stack.api.addUser({ name, role: 'admin' })).rejects.toMatchObject({ code: 'bad_request' });
    },
  );

  test('end by themselves, with the streams they opened', async () => {
    const soon = 3 / 86_400;
    const { api, name } = await add('viewer', { expiresInDays: soon });
    const stream = await follow(api);
    expect(stream.hasEnded()).toBe(false);
    await until('the token to end', () =>
      api.health().then(
        () => false,
        (error) => error.code === 'unauthorized',
      ),
    );
    await until('the stream to end', () => stream.hasEnded());
    expect((await stack.api.listUsers()).users.map((user) => user.name)).not.toContain(name);
    await stack.api.addUser({ name, role: 'viewer' });
  });
});

describe('streams', () => {
  test('end when their token is revoked or their user may do less, and others go on', async () => {
    const [revoked, lowered, raised, other] = [
      await add('operator'),
      await add('operator'),
      await add('viewer'),
      await add('viewer'),
    ];
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    const streams = await Promise.all([revoked, lowered, raised, other].map(({ api }) => follow(api)));
    const session = (await revoked.api.openSessionEvents(id)).getReader();
    await session.read();
    await stack.api.removeUser(revoked.name);
    await stack.api.changeUser(lowered.name, { role: 'viewer' });
    await stack.api.changeUser(raised.name, { role: 'operator' });
    await until('the streams to end', () => streams[0]?.hasEnded() && streams[1]?.hasEnded());
    await expect(session.read().then(({ done }) => !done)).rejects.toThrow();
    expect([streams[2]?.hasEnded(), streams[3]?.hasEnded()]).toEqual([false, false]);
    await expect(revoked.api.openChanges()).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(lowered.api.createSession({})).rejects.toMatchObject({ code: 'forbidden_role' });
    await raised.api.createSession({ workspace: stack.workspace });
    for (const stream of streams) await stream.leave();
  });

  test('of 1,000 viewers: each sees the session, others are served meanwhile, and all end with their token', async () => {
    const { api, name } = await add('viewer');
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    const open = async () => {
      const reader = (await api.openSessionEvents(id)).getReader();
      const decoder = new TextDecoder();
      let text = '';
      let hasEnded = false;
      const read = async (): Promise<void> => {
        for (;;) {
          const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
          if (done) break;
          text += decoder.decode(value, { stream: true });
        }
        hasEnded = true;
      };
      void read();
      return { text: () => text, hasEnded: () => hasEnded };
    };
    const viewers = await Promise.all(Array.from({ length: 1000 }, open));
    await stack.api.health();
    await stack.api.updateSession(id, { title: 'seen by all' });
    await stack.api.sendMessage(id, { text: 'a message for a thousand' });
    await until('all to see the message', () =>
      viewers.every(({ text }) => text().includes('a message for a thousand')),
    );
    await stack.api.removeUser(name);
    await until('all to end', () => viewers.every(({ hasEnded }) => hasEnded()));
    expect((await stack.api.health()).status).toBe('ok');
  });
});

describe('the audit log', () => {
  test('says who approved, cancelled, changed and started what, and no text of theirs', async () => {
    const { api, name, token } = await add('operator');
    const secret = 'a text that is nobody else to read';
    const { id } = await api.createSession({ workspace: stack.workspace, title: secret });
    await api.updateSession(id, { title: `${secret}, again` });
    const { messageId } = await api.sendMessage(id, { text: secret });
    await api.cancelTurn(id);
    const fork = await api.forkSession(id);
    await api.deleteSession(fork.id);
    await define(
      stack,
      'flows',
      'audited',
      'name: audited\nsteps:\n  - id: ask\n    kind: approval\n    prompt: Ship?\n',
    );
    const run = await api.startRun({ flow: 'audited' });
    const question = await until('the question', async () => (await api.getRun(run.id)).questions[0]);
    await api.pauseRun(run.id);
    await api.resumeRun(run.id);
    await api.answerQuestion(question.id, { decision: 'approve', note: secret });
    await expect(api.answerQuestion(question.id, { decision: 'deny' })).rejects.toMatchObject({
      code: 'approval_answered',
    });
    await ended(stack, run.id);
    const again = await api.rerun(run.id, { fresh: true });
    await api.cancelRun(again.id);
    await ended(stack, again.id);
    await api.deleteRun(again.id);

    const records = await recordsOf({ user: name });
    const told = records.map(({ action, target }) => [action, target]).reverse();
    const { turns } = (await api.getSession(id)).view;
    expect(Object.keys(turns).length).toBeGreaterThan(0);
    expect(told.filter(([action]) => action !== 'turn.cancel')).toEqual([
      ['session.create', id],
      ['session.rename', id],
      ['message.send', id],
      ['session.fork', id],
      ['session.delete', fork.id],
      ['run.start', run.id],
      ['run.pause', run.id],
      ['run.resume', run.id],
      ['approval.answer', question.id],
      ['run.rerun', run.id],
      ['run.cancel', again.id],
      ['run.delete', again.id],
    ]);
    expect(records.find(({ action }) => action === 'approval.answer')?.detail).toEqual({ decision: 'approve' });
    expect(records.find(({ action }) => action === 'message.send')?.detail).toEqual({ messageId });
    expect(records.every(({ role }) => role === 'operator')).toBe(true);
    expect(JSON.stringify(records)).not.toContain(secret);
    expect(JSON.stringify(await recordsOf({ limit: 500 }))).not.toContain(token);
  });

  test('holds the answer to a tool call, once, whoever else tries', async () => {
    const [alice, bob] = [await add('operator'), await add('operator')];
    const { id } = await alice.api.createSession({ workspace: stack.workspace });
    const call = { name: 'write_file', arguments: JSON.stringify({ path: 'a.txt', content: 'x' }) };
    stack.model.script([{ reply: { toolCalls: [call] } }, { reply: { text: 'Done.' } }], 'audited');
    await alice.api.sendMessage(id, { text: 'audited' });
    const approval = await until('the approval', async () =>
      (await alice.api.listApprovals()).approvals.find(({ sessionId }) => sessionId === id),
    );
    const answers = await Promise.allSettled(
      [alice, bob].map(({ api }) => api.answerApproval(approval.id, { decision: 'deny' })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const records = await recordsOf({ target: approval.id });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ action: 'approval.answer', detail: { decision: 'deny', tool: 'write_file' } });
    expect(records[0]?.user).toBe(answers[0]?.status === 'fulfilled' ? alice.name : bob.name);
  });

  test('says once what was asked for twice with the same key', async () => {
    const { api, name } = await add('operator');
    const start = () => api.createSession({ workspace: stack.workspace }, { idempotencyKey: 'audited-twice' });
    const { id } = await start();
    await start();
    for (const _ of [1, 2]) await api.sendMessage(id, { text: 'x' }, { idempotencyKey: 'audited-message' });
    expect((await recordsOf({ user: name })).map(({ action }) => action)).toEqual(['message.send', 'session.create']);
  });

  test('says who let whom in', async () => {
    const { name } = await add('operator');
    await stack.api.changeUser(name, { role: 'viewer' });
    await stack.api.removeUser(name);
    const records = await recordsOf({ target: name });
    expect(records.map(({ user, action, detail }) => [user, action, detail])).toEqual([
      ['owner', 'user.remove', {}],
      ['owner', 'user.change', { before: 'operator', role: 'viewer' }],
      ['owner', 'user.add', { role: 'operator', expiresInDays: null }],
    ]);
  });
});

test('while Postgres refuses, nobody is let in by a token that cannot be looked up', async () => {
  const { token } = await add('viewer');
  await stack.store.database.query('ALTER TABLE credentials RENAME TO credentials_away');
  const answer = await send(`${stack.baseUrl}/api/sessions`, { headers: { authorization: `Bearer ${token}` } });
  await stack.store.database.query('ALTER TABLE credentials_away RENAME TO credentials');
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('sessions":');
});
