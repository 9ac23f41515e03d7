import { describe, expect, test } from 'vitest';
import { completed, failedCall, play } from '../../../test/support/play-script.ts';

const reasonOf = async (body: string, options = {}) => {
  const { ending } = await play(body, options);
  return ending.status === 'failed' ? `${ending.code}: ${ending.reason}` : ending.result;
};

describe('a script', () => {
  test('gives what it returns, with its arguments as they were', async () => {
    expect((await play('return { twice: args.n * 2, meta: meta.name }', { args: { n: 4 } })).value).toEqual({
      twice: 8,
      meta: 'test',
    });
    expect((await play('return typeof args')).value).toBe('undefined');
    expect((await play('')).value).toBeNull();
  });

  test('asks agents and goes on with what they give', async () => {
    const { value, calls } = await play(`
      phase('Read');
      const first = await agent('one', { label: 'a', model: 'm' });
      const both = await parallel([() => agent(first + 'two'), () => agent('three', { phase: 'Other' })]);
      return both;`);
    expect(value).toEqual(['ONETWO', 'THREE']);
    expect(calls.map(({ label, phase, params }) => ({ label, phase, params }))).toEqual([
      { label: 'a', phase: 'Read', params: { prompt: 'one', model: 'm' } },
      { label: null, phase: 'Read', params: { prompt: 'ONEtwo' } },
      { label: null, phase: 'Other', params: { prompt: 'three' } },
    ]);
  });

  test('ignores options that are unknown, and logs each once', async () => {
    const { value, lines } = await play(
      `await agent('a', { colour: 'red', label: 'x' }); await agent('b', { colour: 'blue' }); return await agent('c', { retries: 0 })`,
    );
    expect(value).toBe('C');
    expect(lines).toEqual(['agent(): there is no option "colour", it is ignored']);
  });

  test('gives null for an agent that fails for good, or throws where that was asked', async () => {
    const answer = () => failedCall('the provider refused');
    expect((await play('return await agent("x")', { answer })).value).toBeNull();
    expect(await reasonOf('\n  await agent("x", { onError: "throw", label: "L" })', { answer })).toBe(
      'script_failed: agent("L"): the provider refused (test.js:2:14)',
    );
  });

  test('has the names of its own lines in what it throws', async () => {
    expect(await reasonOf('const a = 1;\n\n  throw new TypeError("no");')).toMatch(
      /^script_failed: TypeError: no \(test\.js:3:\d+\)$/,
    );
    expect(await reasonOf('throw "text"')).toBe('script_failed: threw text (test.js)');
  });

  test('identical calls have keys of their own, in any order of their ends', async () => {
    const { calls } = await play('return await parallel([1, 2, 3].map(() => () => agent("same")))');
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(calls.map(({ occurrence }) => occurrence)).toEqual([0, 1, 2]);
  });

  test('a hard budget', async () => {
    const answer = () => completed('ok', { tokens: 60 });
    expect(
      (
        await play(
          `await agent('a'); await agent('b');
           try { await agent('c') } catch (error) { return [error.code, budget.spent(), budget.remaining(), budget.total] }`,
          { answer, budget: { tokens: 100 } },
        )
      ).value,
    ).toEqual(['budget_spent', 120, 0, 100]);
    expect((await play('return String(budget.remaining())')).value).toBe('Infinity');
  });

  test('a promise that nothing can settle ends it, and it says where that was made', async () => {
    expect(await reasonOf('const x = 1;\nawait new Promise(() => {})')).toMatch(
      /^script_stuck: .*it was made at test\.js:2:\d+$/,
    );
  });

  test('a rejection that nobody hears ends it', async () => {
    expect(await reasonOf('Promise.reject(new Error("lost"));\nreturn 1')).toMatch(
      /^script_failed: A promise was rejected and the error was not caught: lost \(test\.js:1:\d+\)/,
    );
    expect(
      await reasonOf('agent("x", { onError: "throw" });\nawait agent("y");\nreturn 1', {
        answer: () => failedCall('no'),
      }),
    ).toMatch(/the error was not caught/);
    expect(
      await reasonOf('const p = Promise.reject(new Error("late")); await null; try { await p } catch { return 2 }'),
    ).toBe('2');
  });
});
