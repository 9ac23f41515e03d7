import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateSession } from '../contracts/api.ts';
import type { Approval } from '../contracts/approvals.ts';
import { AutoFixSettings } from '../contracts/auto-fix.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
const asking = ['once', 'always', 'skipped', 'never'];
/** Where auto-fix asks. */
const workspaceThatAsks = (name: string): string => path.join(stack.workspace, 'asks', name, 'work');
beforeAll(async () => {
  stack = await openStack();
  const workspaces = Object.fromEntries(asking.map((name) => [workspaceThatAsks(name), { mode: 'ask' as const }]));
  await stack.startWorker({ autoFix: AutoFixSettings.parse({ workspaces }) });
});
afterAll(() => stack.close());

type Call = { name: string; arguments: Record<string, unknown> };

/** A session in a folder of its own, whose agent makes these calls in one step each. */
const converse = async (steps: Call[][], body: CreateSession = {}) => {
  const key = randomUUID();
  const workspace = path.join(stack.workspace, key);
  await mkdir(workspace);
  await writeFile(path.join(workspace, 'a'), 'one\ntwo\n');
  await writeFile(path.join(workspace, 'b'), 'b\n');
  stack.model.script([...steps.map((toolCalls) => ({ reply: { toolCalls } })), { reply: { text: 'Done.' } }], key);
  const { id } = await stack.api.createSession({ workspace, ...body });
  await stack.api.sendMessage(id, { text: key });
  const at = (name: string) => path.join(workspace, name);
  return {
    id,
    key,
    at,
    text: (name: string) => readFile(at(name), 'utf8').catch(() => null),
    changes: async () => (await stack.api.listFileChanges(id)).changes,
    asked: () => until<Approval>('the question', async () => (await stack.api.getSession(id)).view.approvals[0]),
    results: async () => {
      const { view } = await settled(stack, id, 1);
      return view.chunks.flatMap(({ body: chunk }) => (chunk.kind === 'tool_result' ? [chunk] : []));
    },
  };
};

const edit = (file: string, old_text: string, new_text: string): Call => ({
  name: 'edit_file',
  arguments: { path: file, old_text, new_text },
});
const write = (file: string, content: string): Call => ({ name: 'write_file', arguments: { path: file, content } });

describe('in the mode auto', () => {
  test('changes are applied at once, in the queue, and undone by the turn', async () => {
    const { id, at, text, results, changes } = await converse([[edit('a', 'two', 'three'), write('new/x', 'x')]], {
      changeMode: 'auto',
    });
    await chmod(at('a'), 0o640);
    const [first] = await results();
    expect(first?.text).toContain('Edited a at line 2\n\n--- a/a\n+++ b/a');
    expect(first?.diff).toBe('--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n');
    expect(await changes()).toMatchObject([
      {
        number: 1,
        state: 'applied',
        kind: 'edit',
        path: 'a',
        tool: 'edit_file',
        agent: 'default',
        turn: 1,
        step: 1,
        call: 0,
      },
      { number: 2, state: 'applied', kind: 'create', path: 'new/x', call: 1 },
    ]);
    const undone = await stack.api.undoFileChanges(id, { turn: 1 });
    expect(undone).toMatchObject({ status: 'done', changes: [{ state: 'undone' }, { state: 'undone' }] });
    expect(await text('a')).toBe('one\ntwo\n');
    await expect(stat(at('new'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stack.api.undoFileChanges(id, { turn: 1 })).rejects.toMatchObject({ code: 'change_not_found' });
  });

  test('undo is refused where somebody changed the file since', async () => {
    const { id, at, text, results, changes } = await converse([[edit('a', 'two', 'three')]], { changeMode: 'auto' });
    await results();
    await writeFile(at('a'), 'mine\n');
    await expect(stack.api.undoFileChanges(id, { since: (await changes())[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'change_conflict',
      message: expect.stringContaining('Nothing was written. "a": it was changed since, by someone else'),
    });
    expect(await text('a')).toBe('mine\n');
  });
});

describe('in the mode ask', () => {
  test('the question shows the diff, which is applied once it is approved', async () => {
    const { id, asked, text, results, changes } = await converse([
      [edit('a', 'two', 'three'), edit('a', 'three', 'four')],
    ]);
    const approval = await asked();
    expect(approval.changes).toMatchObject([{ number: 1, path: 'a', diff: expect.stringContaining('-two\n+three\n') }]);
    // The second is shown as it would be behind the first.
    expect(await changes()).toMatchObject([
      { state: 'pending', approvalId: approval.id },
      { state: 'pending', diff: expect.stringContaining('-three\n+four\n') },
    ]);
    expect(await text('a')).toBe('one\ntwo\n');
    await stack.api.decideFileChanges(id, { decision: 'approve' });
    expect((await results()).map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(await text('a')).toBe('one\nfour\n');
    expect(await changes()).toMatchObject([
      { state: 'applied', decidedBy: 'owner' },
      { state: 'applied', decidedBy: 'owner' },
    ]);
  });

  test('a file that changes between the question and the answer: nothing is written, and the model sees what changed', async () => {
    const { asked, at, text, results, changes } = await converse([[edit('a', 'two', 'three')]]);
    const approval = await asked();
    await writeFile(at('a'), 'zero\none\ntwo\n');
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const [result] = await results();
    expect(result).toMatchObject({
      status: 'error',
      text: 'Cannot edit "a": it was changed since: the user approved another diff, and nothing was written. What changed since:\n--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n+zero\n one\n two',
    });
    expect(await text('a')).toBe('zero\none\ntwo\n');
    expect(await changes()).toMatchObject([{ state: 'conflict' }]);
  });

  test('some hunks of a call, and another call denied', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const next = lines.with(2, 'two\n').with(25, 'last\n').join('');
    const { id, at, asked, text, results, changes } = await converse([[write('b', next)], [edit('a', 'one', 'ONE')]]);
    const first = await asked();
    expect(first.changes?.[0]?.hunks).toBe(1);
    await stack.api.answerApproval(first.id, { decision: 'approve' });
    const second = await until<Approval>('the second question', async () => {
      const { approvals } = (await stack.api.getSession(id)).view;
      return approvals.find(({ step }) => step === 2);
    });
    const [, change] = await changes();
    expect(change).toMatchObject({ approvalId: second.id });
    await expect(
      stack.api.decideFileChanges(id, { decision: 'approve', changes: [change?.id ?? ''], hunks: [1] }),
    ).rejects.toMatchObject({
      code: 'bad_request',
      message: 'Cannot approve hunk 1 of change 2: it has 1, numbered from 0',
    });
    await stack.api.decideFileChanges(id, { decision: 'reject' });
    expect((await results()).map(({ status }) => status)).toEqual(['ok', 'denied']);
    expect(await changes()).toMatchObject([{ state: 'applied' }, { state: 'rejected', decidedBy: 'owner' }]);
    expect(await text('b')).toBe(next);
    expect(await text('a')).toBe('one\ntwo\n');
    expect(at('a')).toContain('a');
  });
});

describe('in the mode stage', () => {
  const staged = () =>
    converse([[edit('a', 'one', 'ONE'), edit('b', 'b', 'B'), write('new', 'x\n')], [edit('a', 'two', 'TWO')]], {
      changeMode: 'stage',
    });

  test('changes wait for a person: one by one, rejected, and all', async () => {
    const { id, text, results, changes } = await staged();
    expect((await results())[0]?.text).toContain('(staged as change 1: not on disk until it is applied)');
    const ids = (await changes()).map((change) => change.id);
    expect((await changes()).map(({ state }) => state)).toEqual(['pending', 'pending', 'pending', 'pending']);
    expect(await stack.api.decideFileChanges(id, { decision: 'approve', changes: ids.slice(1, 2) })).toMatchObject({
      status: 'done',
      changes: [{ number: 2, state: 'applied', decidedBy: 'owner' }],
    });
    expect(await text('b')).toBe('B\n');
    await stack.api.decideFileChanges(id, { decision: 'reject', changes: ids.slice(2, 3) });
    await expect(
      stack.api.decideFileChanges(id, { decision: 'approve', changes: ids.slice(2, 3) }),
    ).rejects.toMatchObject({
      code: 'change_decided',
      message: expect.stringContaining('Cannot decide about change 3 (new): it is rejected'),
    });
    expect(await stack.api.decideFileChanges(id, { decision: 'approve' })).toMatchObject({ status: 'done' });
    expect([await text('a'), await text('new')]).toEqual(['ONE\nTWO\n', null]);
    expect((await changes()).map(({ state }) => state)).toEqual(['applied', 'applied', 'rejected', 'applied']);
  });

  test('a conflict writes nothing of its set', async () => {
    const { id, at, text, results, changes } = await staged();
    await results();
    await writeFile(at('b'), 'of somebody\n');
    await expect(stack.api.decideFileChanges(id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'change_conflict',
      message:
        'Nothing was written. "b": it was changed since. What changed since:\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-b\n+of somebody',
    });
    expect([await text('a'), await text('b'), await text('new')]).toEqual(['one\ntwo\n', 'of somebody\n', null]);
    expect((await changes()).map(({ state }) => state)).toEqual(['pending', 'conflict', 'pending', 'pending']);
  });

  test('asked twice with one key, it is applied once; and what nobody started is started', async () => {
    const { id, text, results, changes } = await staged();
    await results();
    const ids = (await changes()).map((change) => change.id);
    const once = { idempotencyKey: randomUUID() };
    const body = { decision: 'approve' as const, changes: ids.slice(0, 1) };
    const ends = await Promise.all([
      stack.api.decideFileChanges(id, body, once),
      stack.api.decideFileChanges(id, body, once),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(await text('a')).toBe('ONE\ntwo\n');
    // As an API that dies between its commit and the start.
    await stack.store.fileChanges.ask({
      key: 'f_lost',
      sessionId: id,
      kind: 'apply',
      changes: ids.slice(1, 3),
      chosen: null,
      by: 'owner',
    });
    await until('the changes to be applied', async () => (await text('new')) !== null);
    await until('their record', async () => (await changes())[2]?.state === 'applied');
    expect(await text('b')).toBe('B\n');
  });

  test('the agent applies them, asked for as any write; a mode that is changed meanwhile counts at once', async () => {
    const { id, asked, text, results, changes } = await converse(
      [[write('new', 'x\n')], [{ name: 'apply_pending', arguments: {} }], [edit('a', 'two', 'three')]],
      { changeMode: 'stage' },
    );
    const approval = await asked();
    expect(approval.tool).toBe('apply_pending');
    await stack.api.updateSession(id, { changeMode: 'auto' });
    expect((await stack.api.listFileChanges(id)).mode).toBe('auto');
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect((await results())[1]?.text).toBe('Applied 1 changes\n- 1: create new');
    expect([await text('new'), await text('a')]).toEqual(['x\n', 'one\nthree\n']);
    expect((await changes()).map(({ state }) => state)).toEqual(['applied', 'applied']);
  });
});

describe('auto-fix', () => {
  const tsc = path.join(import.meta.dirname, '..', 'node_modules', 'typescript', 'bin', 'tsc');
  const project = {
    'package.json': JSON.stringify({ scripts: { typecheck: `"${process.execPath}" "${tsc}" --noEmit -p .` } }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, types: [] }, files: ['sum.ts'] }),
    'sum.ts': 'export const sum = (a: number, b: number): number => a + b;\n',
  };

  test('a type error of the first step is told to the second, which repairs it', async () => {
    const key = randomUUID();
    const workspace = path.join(stack.workspace, key);
    await mkdir(workspace);
    for (const [name, content] of Object.entries(project)) await writeFile(path.join(workspace, name), content);
    stack.model.script(
      [
        { reply: { toolCalls: [edit('sum.ts', 'a + b', 'String(a + b)')] } },
        { reply: { toolCalls: [edit('sum.ts', 'String(a + b)', 'a + b + 0')] } },
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { id } = await stack.api.createSession({ workspace, changeMode: 'auto' });
    await stack.api.updateSession(id, { autoFix: 'on' });
    await stack.api.sendMessage(id, { text: key });
    const { view } = await settled(stack, id, 1);
    const told = stack.model.requests(key)[1]?.body.messages.at(-1)?.content ?? '';
    expect(told).toMatch(/^After your changes, "npm run typecheck" failed after [\d.]+ s:\n/);
    expect(told).toContain("sum.ts(1,54): error TS2322: Type 'string' is not assignable to type 'number'.");
    const notices = view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [body.text] : []));
    expect(notices.at(-1)).toMatch(/^Checked with "npm run typecheck": it passed in/);
    expect(await readFile(path.join(workspace, 'sum.ts'), 'utf8')).toContain('a + b + 0');
  });

  test('asked for, it is a question: once, always, not now or never', async () => {
    const project = { 'package.json': JSON.stringify({ scripts: { build: 'echo ran >> ../log; false' } }) };
    const turn = async (name: string, answers: readonly string[], again = false) => {
      const key = randomUUID();
      const workspace = workspaceThatAsks(name);
      await mkdir(workspace, { recursive: true });
      for (const [file, content] of Object.entries(project)) await writeFile(path.join(workspace, file), content);
      const steps = ['1', '2'].map((text) => ({ reply: { toolCalls: [write('f', text)] } }));
      const done = { reply: { text: 'Done.' } };
      stack.model.script([...steps, done, ...(again ? [...steps, done] : [])], key);
      const { id } = await stack.api.createSession({ workspace, changeMode: 'auto' });
      await stack.api.sendMessage(id, { text: key });
      const words: string[] = [];
      for (const answer of answers) {
        const approval = await until('the question', async () =>
          (await stack.api.getSession(id)).view.approvals.find((one) => !words.includes(one.id)),
        );
        words.push(approval.id);
        expect(approval.tool).toBe('auto_fix');
        expect(approval.question?.question).toContain('Run "npm run build" in the workspace');
        await stack.api.answerApproval(approval.id, { decision: 'approve', fields: { answer } });
      }
      const { view } = await settled(stack, id, 1);
      if (again) {
        await stack.api.sendMessage(id, { text: 'again' });
        await settled(stack, id, 2);
      }
      const log = await readFile(path.join(workspace, '..', 'log'), 'utf8').catch(() => '');
      const notices = view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [body.text] : []));
      return { ran: log.split('\n').length - 1, notices };
    };
    const skip = 'Not checked with "npm run build": it was not allowed.';
    const [once, always, skipped, never] = await Promise.all([
      turn('once', ['Run it now', 'Do not run it now']),
      turn('always', ['Run it after each change in this session'], true),
      turn('skipped', ['Do not run it now']),
      turn('never', ['Never run it in this session'], true),
    ]);
    expect([once.ran, always.ran, skipped.ran, never.ran]).toEqual([1, 4, 0, 0]);
    expect(skipped.notices).toEqual([skip]);
    expect(once.notices.at(-1)).toBe(skip);
  });

  test('is told of so many failures in a turn and no more; off, it runs nothing', async () => {
    const failing = { 'package.json': JSON.stringify({ scripts: { build: 'false' } }) };
    const turn = async (autoFix: 'on' | 'off') => {
      const key = randomUUID();
      const workspace = path.join(stack.workspace, key);
      await mkdir(workspace);
      for (const [name, content] of Object.entries(failing)) await writeFile(path.join(workspace, name), content);
      const steps = Array.from({ length: 5 }, (_, index) => ({ reply: { toolCalls: [write('f', `${index}`)] } }));
      stack.model.script([...steps, { reply: { text: 'Done.' } }], key);
      const { id } = await stack.api.createSession({ workspace, changeMode: 'auto' });
      await stack.api.updateSession(id, { autoFix });
      await stack.api.sendMessage(id, { text: key });
      await settled(stack, id, 1);
      const { messages } = stack.model.requests(key).at(-1)?.body ?? { messages: [] };
      return messages.filter(({ content }) => content?.startsWith('After your changes, ')).length;
    };
    expect(await Promise.all([turn('on'), turn('off')])).toEqual([3, 0]);
  });
});
