import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptedStep } from './support/scripted-model.ts';
import { finished, rerunScript, startScript, writeScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

describe('a re-run of a script', { timeout: 240_000 }, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  });
  afterAll(() => stack.close());

  const answer = (text: string): ScriptedStep[] => [{ reply: { text } }];
  const run = async (name: string, args?: unknown) => await finished(stack, await startScript(stack, name, { args }));
  /** The keys of the requests that `work` makes. */
  const asked = async <T>(work: () => Promise<T>): Promise<[T, (string | null)[]]> => {
    const before = stack.model.requests().length;
    const result = await work();
    return [
      result,
      stack.model
        .requests()
        .slice(before)
        .map(({ key }) => key)
        .sort(),
    ];
  };

  test('of a 100-way fan-out with 2 failures makes 2 agent runs; an edited call itself and its consumers; re-ordered none', async () => {
    const script = (special: string, order = '') => `
      const words = Array.from({ length: 100 }, (_, n) => n === 50 ? ${JSON.stringify(special)} : 'item' + n)${order};
      const said = await parallel(words.map((word) => () => agent('word-' + word + '-end', { label: word, retries: 0 })));
      const sum = await agent('sum-of ' + said.filter(Boolean).toSorted().join());
      const apart = await agent('apart-from it');
      return { nulls: said.filter((word) => word === null).length, sum, apart };`;
    await writeScript(stack, 'fan', script('fifty'));
    const words = Array.from({ length: 100 }, (_, n) => (n === 50 ? 'fifty' : `item${n}`));
    const broken = new Set(['item7', 'item93']);
    for (const word of words) {
      stack.model.script(broken.has(word) ? [{ status: 401 }] : answer(`said ${word}`), `word-${word}-end`);
    }
    stack.model.script(answer('sum of 98'), 'sum-of');
    stack.model.script(answer('apart'), 'apart-from');
    const first = await run('fan');
    expect(first).toMatchObject({
      run: { status: 'completed' },
      output: { nulls: 2, sum: 'sum of 98', apart: 'apart' },
    });

    for (const word of broken) stack.model.script(answer(`said ${word}`), `word-${word}-end`);
    stack.model.script(answer('sum of 100'), 'sum-of');
    const [second, requests] = await asked(() => rerunScript(stack, first.id));
    expect(second.output).toEqual({ nulls: 0, sum: 'sum of 100', apart: 'apart' });
    // The sum consumes what the two give.
    expect(requests).toEqual(['sum-of', 'word-item7-end', 'word-item93-end']);
    const { nodes } = await stack.api.getRun(second.id);
    const shown = Object.values(nodes);
    expect(shown.filter(({ reusedFrom }) => reusedFrom === first.id)).toHaveLength(99);
    expect(shown.find(({ label }) => label === 'item7')?.freshBecause).toBe('its earlier run failed');
    expect(shown.find(({ ordinal }) => ordinal === 100)?.freshBecause).toBe('its prompt changed');

    await writeScript(stack, 'fan', script('another'));
    stack.model.script(answer('said another'), 'word-another-end');
    stack.model.script(answer('sum anew'), 'sum-of');
    const [third, edited] = await asked(() => rerunScript(stack, second.id));
    expect(third.output).toEqual({ nulls: 0, sum: 'sum anew', apart: 'apart' });
    expect(edited).toEqual(['sum-of', 'word-another-end']);

    await writeScript(stack, 'fan', script('another', '.toReversed()'));
    const [fourth, reordered] = await asked(() => rerunScript(stack, third.id));
    expect(fourth.output).toEqual(third.output);
    expect(reordered).toEqual([]);
  });

  test('keeps its arguments; everything, or the agents of a label, can be forced afresh', async () => {
    await writeScript(
      stack,
      'forced',
      "return [await agent('force-a ' + args.n, { label: 'a' }), await agent('force-b', { label: 'b' })]",
    );
    stack.model.script([{ reply: { text: 'a' }, times: { min: 2, max: 2 } }], 'force-a 7');
    stack.model.script([{ reply: { text: 'b' }, times: { min: 3, max: 3 } }], 'force-b');
    const first = await run('forced', { n: 7 });
    expect(first.output).toEqual(['a', 'b']);
    const [second, forced] = await asked(() => rerunScript(stack, first.id, { freshAgents: ['b'] }));
    expect([second.output, forced]).toEqual([['a', 'b'], ['force-b']]);
    const [, all] = await asked(() => rerunScript(stack, second.id, { fresh: true }));
    expect(all).toEqual(['force-a 7', 'force-b']);
  });

  test('uses the source it was started with where that is asked', async () => {
    await writeScript(stack, 'moving', "return await agent('move-old')");
    stack.model.script(answer('old'), 'move-old');
    const first = await run('moving');
    await writeScript(stack, 'moving', "return await agent('move-new')");
    expect((await rerunScript(stack, first.id, { definition: 'original' })).output).toBe('old');
    stack.model.script(answer('new'), 'move-new');
    expect((await rerunScript(stack, first.id)).output).toBe('new');
  });
});
