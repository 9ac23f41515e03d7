import { describe, expect, test } from 'vitest';
import type { ScriptCall } from '../../../contracts/calls.ts';
import { completed, play } from '../../../test/support/play-script.ts';

const answer = ({ params }: ScriptCall) => completed(String(params.prompt).toUpperCase(), { tokens: 60, dollars: 0.5 });
const scopesOf = (calls: readonly ScriptCall[]) =>
  Object.fromEntries(calls.map(({ params, scopes = [] }) => [params.prompt, scopes.map(({ what }) => what)]));
const resultOf = async (body: string) => (await play(body, { answer })).value;

describe('a budget of parallel()', () => {
  test('ends what begins after it is spent, keeps what was paid, and leaves the run alone', async () => {
    const { value, lines, calls } = await play(
      `const chain = (name) => async () => [await agent(name + 1), await agent(name + 2), await agent(name + 3)];
       const results = await parallel([chain('a'), () => agent('b')], { budget: { tokens: 120 } });
       return [results, await agent('after')]`,
      { answer },
    );
    expect(value).toEqual([[null, 'B'], 'AFTER']);
    expect(lines).toEqual([
      'parallel: element 0 threw: The budget of parallel() of 120 tokens is spent (180 so far): agent() starts no further agents in it. Give it a larger one',
    ]);
    expect(scopesOf(calls)).toEqual({ a1: ['parallel()'], a2: ['parallel()'], b: ['parallel()'], after: [] });
  });

  test('is caught as the budget of the run is', async () => {
    expect(
      await resultOf(`return await parallel([async () => {
        const paid = [];
        try { for (let n = 0; n < 9; n++) paid.push(await agent('x' + n)) } catch (error) { return [error.code, paid.length] }
      }], { budget: 100 })`),
    ).toEqual([['budget_spent', 2]]);
  });

  test('ends the run with the same code where nobody catches it', async () => {
    const { ending } = await play(`phase('Look', { budget: { dollars: 0.4 } }); await agent('a'); await agent('b')`, {
      answer,
    });
    expect(ending).toMatchObject({ status: 'failed', code: 'budget_spent' });
    expect(ending).toMatchObject({ reason: expect.stringContaining('The budget of phase("Look") of $0.4 is spent') });
  });

  test('counts the agents in it, however they are reached, and no others', async () => {
    const { calls } = await play(
      `const helper = async (name) => { await null; await Promise.resolve(1); return await agent(name) };
       const deep = async (name) => await helper(name);
       await Promise.all([
         parallel([async () => { await null; await deep('in A'); await agent('in A again') }], { budget: 1000 }),
         pipeline([1], async (n) => { await null; return await deep('in B ' + n) }, () => agent('in B twice'), { budget: 2000 }),
         deep('outside'),
         (async () => { await parallel([() => agent('no budget')]); await null; await agent('outside again') })(),
       ]);
       await agent('after')`,
      { answer },
    );
    expect(scopesOf(calls)).toEqual({
      'in A': ['parallel()'],
      'in A again': ['parallel()'],
      'in B 1': ['pipeline()'],
      'in B twice': ['pipeline()'],
      outside: [],
      'no budget': [],
      'outside again': [],
      after: [],
    });
  });

  test('within another one counts to both, and to its phase', async () => {
    const { calls } = await play(
      `phase('P', { budget: 900 });
       await parallel([() => pipeline([1], () => agent('inner'), { budget: 500 }), () => agent('outer')], { budget: 700 });
       await agent('elsewhere', { phase: 'Q' })`,
      { answer },
    );
    expect(scopesOf(calls)).toEqual({
      inner: ['pipeline()', 'parallel()', 'phase("P")'],
      outer: ['parallel()', 'phase("P")'],
      elsewhere: [],
    });
    const ids = calls.flatMap(({ scopes = [] }) => scopes.map(({ id, what }) => `${what} ${id}`));
    expect(new Set(ids).size).toBe(3);
    expect(calls[0]?.scopes?.map(({ budget }) => budget)).toEqual([{ tokens: 500 }, { tokens: 700 }, { tokens: 900 }]);
  });

  test('of two in a loop each has its own', async () => {
    const { calls, value } = await play(
      `const results = []; for (const n of [1, 2]) results.push(await parallel([() => agent('x' + n)], { budget: 60 })); return results`,
      { answer },
    );
    expect(value).toEqual([['X1'], ['X2']]);
    expect(new Set(calls.map(({ scopes = [] }) => scopes[0]?.id)).size).toBe(2);
  });

  test('what is left running in it is counted to what is around it', async () => {
    const { calls } = await play(
      `let late; await parallel([() => { late = (async () => { await agent('a'); await agent('b') })(); }], { budget: 50 });
       await late`,
      { answer },
    );
    expect(scopesOf(calls)).toEqual({ a: ['parallel()'], b: [] });
  });
});

test('phase() again with a budget changes it; without one it stays', async () => {
  expect(
    await resultOf(`phase('P', { budget: 60 }); await agent('a'); phase('P');
      let code; try { await agent('b') } catch (error) { code = error.code }
      phase('P', { budget: 200 }); return [code, await agent('c')]`),
  ).toEqual(['budget_spent', 'C']);
});

test('what other formats give in the place of options is ignored, and said', async () => {
  const { value, lines } = await play(
    `['One', 'Two'].forEach(phase); return await Promise.all([[() => agent('a')], [() => agent('b')]].map(parallel))`,
    { answer },
  );
  expect(value).toEqual([['A'], ['B']]);
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
    'phase(): there is no option "0", it is ignored',
    'phase(): there is no option "1", it is ignored',
    'parallel(): there is no option "0", it is ignored',
    'parallel(): there is no option "1", it is ignored',
  ]);
});

test('a number is one of tokens, also for one agent', async () => {
  const { calls } = await play(`await agent('a', { budget: 5000 })`, { answer });
  expect(calls[0]?.params.budget).toEqual({ tokens: 5000 });
});

test.each([
  [`parallel([], { budget: 'much' })`, 'parallel(): budget is a number of tokens or { tokens, dollars }, not a string'],
  [
    `pipeline([], { budget: {} })`,
    'pipeline(): budget is a number of tokens or { tokens, dollars }, not an empty object',
  ],
  [`phase('x', { budget: { tokens: 1.5 } })`, 'phase(): the tokens of budget are a whole number above 0, not 1.5'],
  [`phase('x', { budget: { token: 1 } })`, 'phase(): budget takes tokens and dollars, not token'],
  [`parallel([], { budget: 0 })`, 'parallel(): the tokens of budget are a whole number above 0, not 0'],
])('%s is refused', async (call, message) => {
  const { value } = await play(`try { await ${call} } catch (error) { return error.message }`);
  expect(value).toBe(message);
});
