import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { define, ended, output, startRun } from './support/runs.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { openStack, type Stack } from './support/stack.ts';

describe('a re-run', { timeout: 240_000 }, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker();
  });
  afterAll(() => stack.close());

  const answer = (text: string): ScriptedStep => ({ reply: { text } });
  const reusedItems = async (id: string, step: string) =>
    (await stack.store.nodes.items(id, step, { from: 0, limit: 500 })).filter(({ reusedFrom }) => reusedFrom !== null);

  test('of a 100-way map with 2 failures makes exactly 2 agent runs; with one prompt edited that one and its dependants', async () => {
    const flow = (special: string) => `name: fan
steps:
  - id: ask
    kind: map
    items: 'Array.from({ length: 100 }, (_, n) => n === 50 ? ${JSON.stringify(special)} : "item" + n)'
    maxConcurrent: 16
    prompt: "word-\${item}-end"
  - { id: sum, kind: agent, needs: [ask], prompt: "sum-of \${results.ask.output.join()}" }
  - { id: apart, kind: agent, prompt: "apart-from it" }
output: results.sum.output
`;
    await define(stack, 'flows', 'fan', flow('fifty'));
    const words = Array.from({ length: 100 }, (_, n) => (n === 50 ? 'fifty' : `item${n}`));
    const broken = new Set(['item7', 'item93']);
    for (const word of words) {
      stack.model.script(broken.has(word) ? [{ status: 401 }] : [answer(`said ${word}`)], `word-${word}-end`);
    }
    stack.model.script([answer('apart')], 'apart-from');
    const first = await startRun(stack, 'fan');
    expect(await ended(stack, first)).toMatchObject({ status: 'failed', code: 'run_failed' });
    expect((await ended(stack, first)).reason).toMatch(/^ask: 2 of 100 items did not complete: 7 \(.*\), 93 \(/);

    for (const word of broken) stack.model.script([answer(`said ${word}`)], `word-${word}-end`);
    stack.model.script([answer('all said')], 'sum-of');
    const before = stack.model.requests().length;
    const second = await startRun(stack, 'fan', { rerunOf: first });
    expect(await ended(stack, second)).toMatchObject({ status: 'completed', reason: null });
    expect(stack.model.requests().length - before).toBe(2 + 1);
    expect(await reusedItems(second, 'ask')).toHaveLength(98);
    expect(await output(stack, second)).toBe('all said');

    await define(stack, 'flows', 'fan', flow('another'));
    stack.model.script([answer('said another')], 'word-another-end');
    stack.model.script([answer('all said anew')], 'sum-of');
    const between = stack.model.requests().length;
    const third = await startRun(stack, 'fan', { rerunOf: second });
    expect(await ended(stack, third)).toMatchObject({ status: 'completed', reason: null });
    const asked = stack.model.requests().slice(between);
    expect(asked.map(({ key }) => key).sort()).toEqual(['sum-of', 'word-another-end']);
    expect(await output(stack, third)).toBe('all said anew');
    expect(stack.model.failures).toEqual([]);
  });

  test('from a step: it and what depends on it are done again, the rest is not', async () => {
    await define(
      stack,
      'flows',
      'chain',
      `name: chain
steps:
  - { id: a, kind: agent, prompt: first-step }
  - { id: b, kind: agent, needs: [a], prompt: "second-step after \${results.a.output}" }
  - { id: c, kind: agent, needs: [b], prompt: "third-step after \${results.b.output}" }
output: results.c.output
`,
    );
    for (const word of ['first', 'second', 'third']) stack.model.script([answer(`${word} done`)], `${word}-step`);
    const first = await startRun(stack, 'chain');
    expect(await ended(stack, first)).toMatchObject({ status: 'completed' });
    stack.model.script([answer('second done')], 'second-step');
    stack.model.script([answer('third done')], 'third-step');
    const before = stack.model.requests().length;
    const second = await startRun(stack, 'chain', { rerunOf: first, fromStep: 'b' });
    expect(await ended(stack, second)).toMatchObject({ status: 'completed' });
    expect(
      stack.model
        .requests()
        .slice(before)
        .map(({ key }) => key),
    ).toEqual(['second-step', 'third-step']);
    expect((await stack.store.nodes.result({ runId: second, step: 'a', index: null }))?.node.reusedFrom).toBe(first);
  });

  test('the definition that a run was started with is what runs, also when its file is deleted meanwhile', async () => {
    const gate = 'held';
    await define(
      stack,
      'flows',
      'gone',
      `name: gone\nsteps:\n  - { id: a, kind: agent, prompt: wait-here }\n  - { id: b, kind: code, needs: [a], code: 'return "old"' }\noutput: results.b.output\n`,
    );
    stack.model.script([{ pauseAfter: { pieces: 0, gate }, reply: { text: 'ok' } }], 'wait-here');
    const id = await startRun(stack, 'gone');
    await stack.model.reached(gate);
    await define(stack, 'flows', 'gone', 'name: gone\nsteps: []\n');
    stack.model.open(gate);
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(await output(stack, id)).toBe('old');
  });
});
