import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../contracts/approvals.ts';
import type { ToolResultBody } from '../contracts/chunks.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let outside: string;
beforeAll(async () => {
  stack = await openStack({
    permissions: [
      { decision: 'deny', path: '*.secret', reason: 'keys' },
      { decision: 'ask', command: 'touch asked' },
      { decision: 'allow', command: 'touch allowed *' },
    ],
  });
  await stack.startWorker();
  outside = await realpath(await mkdtemp(path.join(os.tmpdir(), 'everturn-outside-')));
  await writeFile(path.join(outside, 'note.txt'), 'outside\n');
});
afterAll(async () => {
  await stack.close();
  await rm(outside, { recursive: true, force: true });
});

type Tool = { name: string; args: Record<string, unknown> };
const run = (...argv: string[]): Tool => ({ name: 'run_command', args: { argv } });

/** A session whose every turn makes the calls given for it, one step each, then says that it is done. */
const begin = async (
  turns: Tool[][],
  { workspace, allow = [] }: { workspace?: string; allow?: ('write' | 'run')[] } = {},
) => {
  const key = randomUUID();
  const steps = turns.flatMap((calls) => [
    ...calls.map(({ name, args }) => ({ reply: { toolCalls: [{ name, arguments: JSON.stringify(args) }] } })),
    { reply: { text: 'Done.' } },
  ]);
  stack.model.script(steps, key);
  const folder = workspace ?? (await realpath(await mkdtemp(path.join(stack.workspace, 'w-'))));
  const { id } = await stack.api.createSession({ workspace: folder, allow });
  return {
    id,
    folder,
    send: (turn: number) => stack.api.sendMessage(id, { text: `Turn ${turn} of ${key}` }),
    asked: () => until<Approval>('the question', async () => (await stack.api.getSession(id)).view.approvals[0]),
    results: async (turn: number): Promise<ToolResultBody[]> => {
      const { view } = await settled(stack, id, turn);
      return view.chunks.flatMap(({ turn: of, body }) => (of === turn && body.kind === 'tool_result' ? [body] : []));
    },
    has: (file: string) =>
      readFile(path.join(folder, file), 'utf8').then(
        () => true,
        () => false,
      ),
  };
};

describe('rules', () => {
  test('of everturn.yaml deny, ask and allow, and each says why', async () => {
    const session = await begin(
      [
        [
          { name: 'read_file', args: { path: 'a.secret' } },
          run('cat', 'a.secret'),
          run('sh', '-c', 'tr a b < a.secret'),
          run('git', 'show', 'HEAD:a.secret'),
          run('touch', 'allowed', 'too'),
          run('touch', 'asked'),
        ],
      ],
      { allow: ['run'] },
    );
    await writeFile(path.join(session.folder, 'a.secret'), 'the key\n');
    await session.send(1);
    const asked = await session.asked();
    expect(asked.because).toMatchObject({
      decision: 'ask',
      words: 'ask command touch asked: everturn.yaml, permissions[1]',
    });
    await expect(
      stack.api.answerApproval(asked.id, { decision: 'approve', remember: { scope: 'here' } }),
    ).rejects.toMatchObject({ code: 'remember_refused' });
    await stack.api.answerApproval(asked.id, { decision: 'approve' });
    const [read, cat, shell, git, allowed, last] = await session.results(1);
    const why = 'Denied by a rule: deny path *.secret (keys): everturn.yaml, permissions[0]';
    expect([read, cat, shell, git]).toMatchObject([
      { status: 'denied', text: why },
      { status: 'denied', text: why },
      { status: 'denied', text: why },
      { status: 'denied', text: why },
    ]);
    expect([allowed?.status, last?.status]).toEqual(['ok', 'ok']);
    expect(await stack.api.getApproval(`${session.id}/1/1/0`)).toMatchObject({ answeredBy: 'rule', decision: 'deny' });
    expect(await stack.api.getApproval(`${session.id}/1/5/0`)).toMatchObject({
      answeredBy: 'rule',
      decision: 'approve',
    });
  });

  test('hide files from searches, and close what a link leads to', async () => {
    const session = await begin([
      [
        { name: 'search_files', args: { pattern: 'needle' } },
        { name: 'read_file', args: { path: 'innocent' } },
      ],
    ]);
    await writeFile(path.join(session.folder, 'b.secret'), 'needle in the key\n');
    await writeFile(path.join(session.folder, 'c.txt'), 'needle\n');
    await symlink('b.secret', path.join(session.folder, 'innocent'));
    await session.send(1);
    const [search, read] = await session.results(1);
    expect(search?.text).toContain('c.txt:1:needle');
    expect(search?.text).not.toContain('secret');
    expect(read?.status).toBe('denied');
  });

  test('are remembered from an answer, listed, answer what waits, and are removed', async () => {
    const session = await begin([[run('touch', 'one')], [run('touch', 'one')], [run('touch', 'one')]]);
    const other = await begin([[run('touch', 'one')]], { workspace: session.folder });
    await session.send(1);
    await other.send(1);
    const asked = await session.asked();
    await other.asked();
    await stack.api.answerApproval(asked.id, {
      decision: 'approve',
      remember: { scope: 'here' },
      argumentsHash: asked.argumentsHash,
    });
    expect((await session.results(1))[0]?.status).toBe('ok');
    expect((await other.results(1))[0]?.status).toBe('ok');
    await session.send(2);
    expect((await session.results(2))[0]?.status).toBe('ok');
    const { rules } = await stack.api.listPermissions(session.id);
    const rule = rules.find(({ source }) => source === 'here');
    expect(rule).toMatchObject({ words: 'allow tool run_command, command touch one', createdBy: 'owner' });
    await stack.api.removePermission(rule?.id ?? '');
    await expect(stack.api.removePermission(rule?.id ?? '')).rejects.toMatchObject({ code: 'permission_not_found' });
    await session.send(3);
    await stack.api.answerApproval((await session.asked()).id, { decision: 'deny' });
    expect((await session.results(3))[0]?.status).toBe('denied');
  });

  test('for a session hold in no other', async () => {
    const session = await begin([[run('touch', 'one')], [run('touch', 'one')]]);
    const other = await begin([[run('touch', 'one')]], { workspace: session.folder });
    await session.send(1);
    const wide = { scope: 'session' as const, rule: { decision: 'allow' as const, command: 'touch *' } };
    const { id } = await session.asked();
    const narrow = { scope: 'session' as const, rule: { decision: 'allow' as const, command: 'touch two' } };
    await expect(stack.api.answerApproval(id, { decision: 'approve', remember: narrow })).rejects.toMatchObject({
      code: 'remember_refused',
    });
    await stack.api.answerApproval(id, { decision: 'approve', remember: wide });
    await session.results(1);
    await session.send(2);
    expect((await session.results(2))[0]?.status).toBe('ok');
    await other.send(1);
    const asked = await other.asked();
    await stack.api.answerApproval(asked.id, { decision: 'deny' });
    await other.results(1);
  });

  test('what a session may do unasked changes while its turn runs', async () => {
    const session = await begin([[run('touch', 'one'), run('touch', 'two')]]);
    await session.send(1);
    const asked = await session.asked();
    await stack.api.updateSession(session.id, { allow: ['run'] });
    await stack.api.answerApproval(asked.id, { decision: 'approve' });
    expect((await session.results(1)).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });
});

describe('an approval', () => {
  test('does not hold for what its path leads to since', async () => {
    const session = await begin([[{ name: 'write_file', args: { path: 'd/a.txt', content: 'x' } }]]);
    await mkdir(path.join(session.folder, 'd'));
    await mkdir(path.join(session.folder, 'e'));
    await session.send(1);
    const asked = await session.asked();
    await rm(path.join(session.folder, 'd'), { recursive: true });
    await symlink('e', path.join(session.folder, 'd'));
    await stack.api.answerApproval(asked.id, { decision: 'approve' });
    expect((await session.results(1))[0]).toMatchObject({
      status: 'error',
      text: expect.stringContaining('leads elsewhere'),
    });
    expect(await session.has('e/a.txt')).toBe(false);
  });

  test('of other arguments than were shown is refused; several are answered at once', async () => {
    const session = await begin([[run('touch', 'one')]]);
    await session.send(1);
    const { id } = await session.asked();
    await expect(stack.api.answerApproval(id, { decision: 'approve', argumentsHash: 'other' })).rejects.toMatchObject({
      code: 'approval_changed',
    });
    const { results } = await stack.api.answerSeveral([
      { id, decision: 'approve' },
      { id, decision: 'deny' },
      { id: 's_none/1/1/0', decision: 'approve' },
    ]);
    expect(results).toMatchObject([
      { outcome: 'answered', code: null },
      { outcome: 'refused', code: 'approval_answered', message: expect.stringContaining('the first answer counts') },
      { outcome: 'refused', code: 'approval_not_found' },
    ]);
    await session.results(1);
  });

  test('that was denied is given late: the agent is told and may make the call once', async () => {
    const session = await begin([[run('touch', 'late')], [run('touch', 'late'), run('touch', 'late')]]);
    await session.send(1);
    const { id } = await session.asked();
    await stack.api.answerApproval(id, { decision: 'deny', note: 'not yet' });
    await session.results(1);
    const late = await stack.api.answerApproval(id, { decision: 'approve', late: true });
    expect(late).toMatchObject({ decision: 'deny', lateBy: 'owner' });
    await expect(stack.api.answerApproval(id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'approval_answered',
    });
    const again = await session.asked();
    expect(again.step).toBe(2);
    expect(await session.has('late')).toBe(true);
    await stack.api.answerApproval(again.id, { decision: 'deny' });
    expect((await session.results(2)).map(({ status }) => status)).toEqual(['ok', 'denied']);
  });
});

describe('people', () => {
  test('are asked by an agent, and what they say is checked', async () => {
    const ask = (args: Record<string, unknown>): Tool => ({ name: 'ask_user', args });
    const session = await begin([
      [
        ask({ question: 'Which?', kind: 'choice', choices: ['red', 'blue'] }),
        ask({ question: 'Which ones?', kind: 'choices', choices: ['a', 'b', 'c'] }),
        ask({ question: 'Why?' }),
        ask({ question: 'Now?', kind: 'choice', choices: ['yes', 'no'], default: 'no', deadline_seconds: 1 }),
        ask({ question: 'No choices', kind: 'choice' }),
      ],
    ]);
    await session.send(1);
    const first = await session.asked();
    expect(first.question).toEqual({ question: 'Which?', kind: 'choice', choices: ['red', 'blue'] });
    for (const fields of [undefined, { answer: 'green' }, { other: 'red' }])
      await expect(stack.api.answerApproval(first.id, { decision: 'approve', fields })).rejects.toMatchObject({
        code: 'form_invalid',
      });
    await stack.api.answerApproval(first.id, { decision: 'approve', fields: { answer: 'blue' } });
    const next = (step: number) =>
      until<Approval>('the next question', async () =>
        (await stack.api.getSession(session.id)).view.approvals.find((one) => one.step === step),
      );
    await stack.api.answerApproval((await next(2)).id, { decision: 'approve', fields: { answer: ['a', 'c'] } });
    await stack.api.answerApproval((await next(3)).id, { decision: 'deny', note: 'ask me later' });
    const results = await session.results(1);
    expect(results.map(({ status, text }) => [status, text])).toEqual([
      ['ok', 'blue'],
      ['ok', '- a\n- c'],
      ['denied', 'The user did not answer: ask me later'],
      ['ok', '[No answer in time; the default is used]\nno'],
      ['error', expect.stringContaining('choices: needed with kind choice')],
    ]);
  });

  test('open a folder outside the workspace, and close it again', async () => {
    const note = path.join(outside, 'note.txt');
    const read: Tool = { name: 'read_file', args: { path: note } };
    const session = await begin([
      [read, { name: 'request_read_access', args: { path: outside, reason: 'the note' } }, read],
      [read],
    ]);
    await session.send(1);
    const asked = await session.asked();
    expect(asked).toMatchObject({ tool: 'request_read_access', because: { subject: { paths: [outside] } } });
    await stack.api.answerApproval(asked.id, { decision: 'approve' });
    const results = await session.results(1);
    expect(results.map(({ status }) => status)).toEqual(['error', 'ok', 'ok']);
    expect(results[0]?.text).toContain('request_read_access');
    expect(results[2]?.text).toBe('1\toutside');
    const { session: shown } = await stack.api.getSession(session.id);
    expect(shown.readRoots).toMatchObject([{ path: outside, grantedBy: 'owner' }]);
    await stack.api.removePermission(shown.readRoots?.[0]?.id ?? '');
    await session.send(2);
    expect((await session.results(2))[0]?.status).toBe('error');
  });
});

describe('a command in the background', () => {
  test('is read, written to and stopped by later calls', async () => {
    const session = await begin([], { allow: ['run'] });
    const key = randomUUID();
    const call = (name: string, args: object) => ({
      reply: { toolCalls: [{ name, arguments: JSON.stringify(args) }] },
    });
    stack.model.script(
      [call('run_command', { argv: ['cat'], start: true, description: 'echo' }), { reply: { text: 'Done.' } }],
      key,
    );
    await stack.api.sendMessage(session.id, { text: key });
    const [started] = await session.results(1);
    const id = started?.command?.id ?? '';
    expect(started?.command).toMatchObject({ argv: ['cat'], description: 'echo', exitCode: null });
    stack.model.script(
      [
        call('command_input', { id, text: 'hello\n' }),
        call('command_output', { id, seconds: 20 }),
        call('command_stop', { id }),
        call('command_input', { id, text: 'more' }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    await stack.api.sendMessage(session.id, { text: key });
    const texts = (await session.results(2)).map(({ text }) => text);
    expect(texts).toEqual([
      'Written.',
      'Running\nhello\n\n[Continue with since 6]',
      expect.stringMatching(/^Stopped/),
      expect.stringContaining('it no longer runs'),
    ]);
  });

  test('ends with its session', async () => {
    const start: Tool = { name: 'run_command', args: { argv: ['sh', 'start.sh'], start: true } };
    const session = await begin([[start]], { allow: ['run'] });
    await writeFile(path.join(session.folder, 'start.sh'), 'echo $$ > pid; exec sleep 300');
    await session.send(1);
    await session.results(1);
    const pid = await until<number>(
      'the pid',
      async () => Number(await readFile(path.join(session.folder, 'pid'), 'utf8').catch(() => '')) || undefined,
    );
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(isAlive()).toBe(true);
    await stack.api.deleteSession(session.id);
    await until<true>('the end of the process', async () => !isAlive() || undefined);
  });
});

describe('a background agent', () => {
  test('has only the tools and the budget that it was given, and is retried as a new attempt', async () => {
    const work = `work ${randomUUID()}`;
    const spawn = (args: object): Tool => ({ name: 'spawn_subagent', args: { prompt: work, ...args } });
    const session = await begin([
      [
        spawn({ tools: ['read_fil'] }),
        spawn({ label: 'reader', tools: ['read_file'], budget: { tokens: 50_000 }, metadata: { ticket: 7 } }),
      ],
      [],
      [],
    ]);
    stack.model.script([{ status: 401, times: { min: 1, max: 3 } }], work);
    await session.send(1);
    const [wrong, right] = await session.results(1);
    expect(wrong?.text).toContain('there is no tool "read_fil"; nearest are read_file');
    const id = /a_[0-9a-f]+/.exec(right?.text ?? '')?.[0] ?? '';
    const failed = await until('its end', async () => {
      const found = await stack.api.getSubagent(id);
      return found.status === 'failed' ? found : undefined;
    });
    expect(failed).toMatchObject({ metadata: { ticket: 7 }, attempt: 1 });
    const row = await stack.store.database.query<{ tools: string[]; budget: unknown }>(
      `SELECT definition -> 'tools' AS tools, budget FROM sessions WHERE id = $1`,
      [failed.sessionId],
    );
    expect(row).toEqual([{ tools: ['read_file'], budget: { session: { tokens: 50_000 } } }]);
    stack.model.script([{ reply: { text: 'Done now.' } }], work);
    const retried = await stack.api.retrySubagent(id);
    expect(retried).toMatchObject({ attempt: 2, retryOf: id, metadata: { ticket: 7 } });
    expect((await stack.api.retrySubagent(id)).id).toBe(retried.id);
    const done = await until('its end', async () => {
      const found = await stack.api.getSubagent(retried.id);
      return found.status === 'completed' ? found : undefined;
    });
    expect(done).toMatchObject({ result: 'Done now.', progress: { requests: 1, calls: 0 }, usage: { requests: 1 } });
    const asked = JSON.stringify(stack.model.requests(work).at(-1)?.body);
    expect(asked).toContain('This is attempt 2 of the same work');
    await expect(stack.api.retrySubagent(retried.id)).rejects.toMatchObject({ code: 'subagent_not_retried' });
  });
});
