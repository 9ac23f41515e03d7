import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finished, runScript, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

describe.each([{ maxCachedWorkflows: 40 }, { maxCachedWorkflows: 0 }])('a script, %o', (options) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await Promise.all([stack.startWorker(options), stack.startScriptWorker(options)]);
  });
  afterAll(() => stack.close());

  test('computes, narrates and returns', async () => {
    const { run, output, id } = await runScript(
      stack,
      "phase('Count');\nlog('from', args.from);\nreturn [1, 2, 3].map((n) => n + args.from);",
      { args: { from: 10 } },
    );
    expect(run).toMatchObject({ kind: 'script', status: 'completed', reason: null });
    expect(output).toEqual([11, 12, 13]);
    const { script } = await stack.api.getRun(id);
    expect(script?.lines.map(({ n, kind, text }) => [n, kind, text])).toEqual([
      [1, 'phase', 'Count'],
      [2, 'log', 'from 10'],
    ]);
  });

  test('asks agents one after another and side by side; an agent that fails for good is null', async () => {
    stack.model.script([{ reply: { text: 'first' } }], 'one: read');
    stack.model.script([{ reply: { text: 'second' } }], 'two: after first');
    stack.model.script([{ reply: { text: 'third' } }], 'three: side');
    stack.model.script([{ status: 400, times: { min: 1, max: 10 } }], 'four: fails');
    const { run, output, id } = await runScript(
      stack,
      `const first = await agent('one: read', { label: 'reader' });
       return await parallel([
         () => agent('two: after ' + first),
         () => agent('three: side', { phase: 'Other' }),
         () => agent('four: fails', { retries: 0 }),
       ]);`,
    );
    expect(run).toMatchObject({ status: 'completed', reason: null });
    expect(output).toEqual(['second', 'third', null]);
    const { nodes } = await stack.api.getRun(id);
    const shown = Object.values(nodes).toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
    expect(shown.map(({ kind, label, phase, status }) => ({ kind, label, phase, status }))).toEqual([
      { kind: 'agent', label: 'reader', phase: null, status: 'completed' },
      { kind: 'agent', label: null, phase: null, status: 'completed' },
      { kind: 'agent', label: null, phase: 'Other', status: 'completed' },
      { kind: 'agent', label: null, phase: null, status: 'failed' },
    ]);
  });

  test('calls a tool, keeps a file, waits for a person, and sleeps', async () => {
    const id = await startScriptOf(
      stack,
      `const files = await tool('list_files', {});
       await artifact('notes.md', '# Notes');
       await sleep(0.2);
       const answer = await approve('Go on?', { form: [{ name: 'why' }] });
       let wrong;
       try { await tool('list_file') } catch (error) { wrong = error.message }
       return { files: files.includes('script'), answer: [answer.approved, answer.fields.why], wrong };`,
    );
    const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
    await stack.api.answerQuestion(question.id, { decision: 'approve', fields: { why: 'so' } });
    const { output, run } = await finished(stack, id);
    expect(run).toMatchObject({ status: 'completed', reason: null });
    expect(output).toMatchObject({ answer: [true, 'so'], wrong: expect.stringContaining('list_files') });
    expect((await stack.store.artifacts.read(id, 'notes.md'))?.bytes.toString()).toBe('# Notes');
  });
});
