import { afterEach, describe, expect, test } from 'vitest';
import type { Budget } from '../contracts/script.ts';
import { parseScript } from '../definitions/script-file.ts';
import { agentsNamed } from '../definitions/testing/known.ts';
import type { Heard } from '../workflows/script/engine/engine.ts';
import { completed, failedCall, type Played, play } from './support/play-script.ts';

/** One sentence of the script format's semantics: what a body gives, or how it ends. What needs real agents is in script-conformance-real.test.ts. */
type Row = {
  rule: string;
  body: string;
  args?: unknown;
  budget?: Budget;
  answer?: (call: Played['calls'][number], place: number) => Heard;
  gives?: unknown;
  /** Of `code: reason`. */
  ends?: RegExp;
  lines?: string[];
  /** Of its calls, in their order. */
  calls?: unknown[];
};

const check = (rows: Row[]): void => {
  test.each(rows)('$rule', async ({ body, args, budget, answer, gives, ends, lines, calls }) => {
    const played = await play(body, { args, ...(budget ? { budget } : {}), ...(answer ? { answer } : {}) });
    const { ending } = played;
    if (ends) expect(ending.status === 'failed' ? `${ending.code}: ${ending.reason}` : ending.result).toMatch(ends);
    else expect(ending.status === 'completed' ? played.value : ending).toEqual(gives);
    if (lines) expect(played.lines).toEqual(lines);
    if (calls) expect(played.calls).toEqual(calls.map((call) => expect.objectContaining(call)));
  });
};

const findings = (source: string, file = 'file.js'): string[] => {
  const { faults, warnings } = parseScript(source, file).findingsWith(
    {
      agents: agentsNamed('default', 'plugin:reviewer'),
      models: undefined,
      scripts: ['deep-research'],
      flows: [],
      nests: () => false,
    },
    null,
  );
  return [
    ...faults.map(({ line, column, path, message }) => `${line}:${column} ${path ? `${path}: ` : ''}${message}`),
    ...warnings.map(({ line, column, message }) => `warning ${line}:${column} ${message}`),
  ];
};
const meta = "export const meta = { name: 'x', description: 'y' }\n";

describe('the file', () => {
  test.each([
    { rule: 'plain JavaScript with top-level await and return', source: `${meta}return await agent('a')`, finds: [] },
    {
      rule: 'or a function that is exported',
      source: 'export default async function (args) { return args }',
      finds: [],
    },
    {
      rule: 'meta is the first statement',
      source: `const a = 1\n${meta}return a`,
      finds: [/^2:1 meta: not the first statement/],
    },
    {
      rule: 'meta is a pure literal',
      source: "export const meta = { name: 'x', description: 'a' + 'b' }",
      finds: [/^1:\d+ .*must be a literal/],
    },
    {
      rule: 'meta needs a name',
      source: "export const meta = { description: 'y' }",
      finds: [/^1:\d+ meta\.name: missing/],
    },
    {
      rule: 'meta needs a description',
      source: "export const meta = { name: 'x' }",
      finds: [/^1:\d+ meta\.description: missing/],
    },
    {
      rule: 'whenToUse and phases with title, detail and model are optional',
      source:
        "export const meta = { name: 'x', description: 'y', whenToUse: 'z', phases: [{ title: 'A', detail: 'b', model: 'c' }] }",
      finds: [],
    },
    {
      rule: 'TypeScript fails before it starts',
      source: `${meta}const a: string = 'b'\nreturn a`,
      finds: [/^2:\d+ .*TypeScript/],
    },
    { rule: 'import fails before it starts', source: `${meta}import fs from 'fs'`, finds: [/^2:\d+ .*import/] },
    {
      rule: 'import() fails before it starts',
      source: `${meta}await import('fs')`,
      finds: [/^2:\d+ import is not available/],
    },
    {
      rule: 'require fails before it starts',
      source: `${meta}require('fs')`,
      finds: [/^2:\d+ require is not available/],
    },
    {
      rule: 'fetch fails before it starts',
      source: `${meta}await fetch('http://x')`,
      finds: [/^2:\d+ fetch is not available.*tool\(/],
    },
    { rule: 'no API of Node', source: `${meta}return process.env`, finds: [/^2:\d+ process is not available.*args/] },
    {
      rule: 'Date.now() fails before it starts',
      source: `${meta}return Date.now()`,
      finds: [/^2:\d+ Date\.now\(\) is not available.*args/],
    },
    {
      rule: 'Math.random() fails before it starts',
      source: `${meta}return Math.random()`,
      finds: [/^2:\d+ Math\.random\(\) is not available/],
    },
    {
      rule: 'new Date() without arguments fails before it starts',
      source: `${meta}return new Date()`,
      finds: [/^2:\d+ new Date\(\) without arguments is not available/],
    },
    { rule: 'new Date(x) does not', source: `${meta}return new Date(0)`, finds: [] },
    { rule: 'a syntax error has line and column', source: `${meta}const a = ;`, finds: [/^2:11 /] },
  ])('$rule', ({ source, finds }) => {
    const found = findings(source);
    expect(found).toHaveLength(finds.length);
    for (const [index, pattern] of finds.entries()) expect(found[index]).toMatch(pattern);
  });
});

describe('the language', () => {
  const refused = 'is not available in a script: a script runs again from its start after a crash and must do the same';
  check([
    { rule: 'Date.now() throws', body: 'Date["now"]()', ends: new RegExp(`^script_failed: Date.now\\(\\) ${refused}`) },
    {
      rule: 'new Date() throws',
      body: 'const D = Date; new D()',
      ends: new RegExp(`^script_failed: new Date\\(\\) without an argument ${refused}`),
    },
    {
      rule: 'Math.random() throws',
      body: 'const { random } = Math; random()',
      ends: new RegExp(`^script_failed: Math.random\\(\\) ${refused}`),
    },
    {
      rule: 'new Date(x), Date.parse and Date.UTC work',
      body: "return [new Date('2026-01-02T03:04:05Z').toISOString(), new Date(0).getTime(), Date.parse('1970-01-01'), Date.UTC(1970, 0, 2)]",
      gives: ['2026-01-02T03:04:05.000Z', 0, 0, 86_400_000],
    },
    {
      rule: 'a date is one',
      body: 'return [new Date(5) instanceof Date, JSON.stringify({ at: new Date(0) })]',
      gives: [true, '{"at":"1970-01-01T00:00:00.000Z"}'],
    },
    {
      rule: 'what it may catch, it may catch',
      body: 'try { Math.random() } catch (error) { return error.message.slice(0, 13) }',
      gives: 'Math.random()',
    },
    {
      rule: 'what is thrown names the line of the file',
      body: "const a = 1\nconst b = 2\nthrow new TypeError('no')",
      ends: /^script_failed: TypeError: no \(test\.js:3:\d+\)$/,
    },
    {
      rule: 'no require, fetch, timers or process: typeof says so, and a use says what to do instead',
      body: "return [typeof require, typeof fetch, typeof setTimeout, typeof queueMicrotask, typeof process, 'fetch' in globalThis]",
      gives: ['undefined', 'undefined', 'undefined', 'undefined', 'undefined', false],
    },
    {
      rule: 'a use of setTimeout says what to do instead',
      body: 'const wait = (0, () => setTimeout(() => {}, 5)); wait()',
      ends: /^script_failed: ReferenceError: '?setTimeout'? is not defined: use await sleep\(seconds\) \(test\.js:1:\d+\)$/,
    },
    { rule: 'meta is there', body: 'return meta.name', gives: 'test' },
    {
      rule: 'console is log',
      body: "console.log('a', { b: 1 }); console.error('c'); return 1",
      gives: 1,
      lines: ['a {"b":1}', 'c'],
    },
  ]);
});

describe('dates are UTC wherever the worker stands', () => {
  const at = `const at = new Date(2026, 6, 1, 12); at.setHours(13);
    return [at.toISOString(), at.getHours(), at.getTimezoneOffset(), String(at), at.toDateString(), at.toLocaleString(),
      new Date('2026-07-01T12:00').getTime(), Date.parse('2026-07-01T12:00+02:00'), new Date('2026-07-01').getTime(), String(new Date(NaN)), new Date(at).getTime() === at.getTime()]`;
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  test.each(['UTC', 'Asia/Tokyo', 'America/New_York'])('%s', async (name) => {
    process.env.TZ = name;
    expect(new Date(2026, 6, 1).getTimezoneOffset() === 0).toBe(name === 'UTC');
    expect((await play(at)).value).toEqual([
      '2026-07-01T13:00:00.000Z',
      13,
      0,
      'Wed Jul 01 2026 13:00:00 GMT+0000',
      'Wed Jul 01 2026',
      '7/1/2026, 1:00:00 PM',
      1_782_907_200_000,
      1_782_900_000_000,
      1_782_864_000_000,
      'Invalid Date',
      true,
    ]);
  });
});

describe('args', () => {
  check([
    {
      rule: 'verbatim JSON',
      body: 'return args',
      args: { a: [1, null, 'ü', { b: true }] },
      gives: { a: [1, null, 'ü', { b: true }] },
    },
    { rule: 'undefined if absent', body: 'return typeof args', gives: 'undefined' },
    { rule: 'null is not absent', body: 'return [args]', args: null, gives: [null] },
    { rule: 'a text stays one', body: 'return args', args: '{"a":1}', gives: '{"a":1}' },
    {
      rule: "typeof args === 'string' ? JSON.parse(args) : args works for an object",
      body: "const given = typeof args === 'string' ? JSON.parse(args) : args; return given.a",
      args: { a: 1 },
      gives: 1,
    },
    {
      rule: "typeof args === 'string' ? JSON.parse(args) : args works for a text",
      body: "const given = typeof args === 'string' ? JSON.parse(args) : args; return given.a",
      args: '{"a":1}',
      gives: 1,
    },
  ]);
});

describe('agent()', () => {
  const refused = (reason: string): Heard => ({ ...failedCall(reason, 'bad_request'), status: 'refused' });
  check([
    { rule: 'gives the final text', body: "return await agent('hello')", gives: 'HELLO' },
    {
      rule: 'gives the object with a schema',
      body: "return await agent('x', { schema: { type: 'object' } })",
      answer: () => completed({ a: 1 }),
      gives: { a: 1 },
    },
    {
      rule: 'is null when it fails for good',
      body: "return await agent('x')",
      answer: () => failedCall('the provider refused'),
      gives: null,
    },
    {
      rule: 'is null when it runs out of time',
      body: "return await agent('x')",
      answer: () => ({ ...failedCall('too long'), status: 'timed_out' }),
      gives: null,
    },
    {
      rule: 'is null when it is cancelled',
      body: "return await agent('x')",
      answer: () => ({ ...failedCall('cancelled'), status: 'cancelled' }),
      gives: null,
    },
    {
      rule: "throws instead with onError: 'throw'",
      body: "await agent('x', { label: 'L', onError: 'throw' })",
      answer: () => failedCall('the provider refused'),
      ends: /^script_failed: agent\("L"\): the provider refused \(test\.js:1:\d+\)$/,
    },
    {
      rule: 'throws for an option that is wrong, whatever onError says',
      body: "\nawait agent('x', { effort: 'most' })",
      answer: () => refused('effort: expected low'),
      ends: /^script_failed: agent\(\): effort: expected low \(test\.js:2:\d+\)$/,
    },
    {
      rule: 'takes label, phase, schema, model, effort, isolation, agentType, tools, timeout, retries, budget and maxToolCalls',
      body: "await agent('x', { label: 'l', phase: 'p', schema: {}, model: 'm', effort: 'low', isolation: 'worktree', agentType: 'a:b', tools: ['t'], timeout: '1m', retries: 2, budget: { tokens: 5 }, maxToolCalls: 3 })",
      gives: null,
      calls: [
        {
          kind: 'agent',
          label: 'l',
          phase: 'p',
          params: {
            prompt: 'x',
            schema: {},
            model: 'm',
            effort: 'low',
            isolation: 'worktree',
            agentType: 'a:b',
            tools: ['t'],
            timeout: '1m',
            retries: 2,
            budget: { tokens: 5 },
            maxToolCalls: 3,
          },
        },
      ],
    },
    {
      rule: 'options may be undefined or null',
      body: "return [await agent('a', undefined), await agent('b', null)]",
      gives: ['A', 'B'],
    },
    {
      rule: 'an option that is undefined is none',
      body: "await agent('a', { model: undefined })",
      gives: null,
      calls: [{ params: { prompt: 'a' } }],
    },
    {
      rule: 'begins when it is called, not when it is awaited',
      body: "const a = agent('a'); const b = agent('b'); return [await b, await a]",
      gives: ['B', 'A'],
      calls: [{ params: { prompt: 'a' } }, { params: { prompt: 'b' } }],
    },
  ]);
});

describe('parallel()', () => {
  check([
    {
      rule: 'is a barrier: results in the order of the thunks',
      body: "return await parallel([() => agent('a'), async () => (await agent('b')) + '!', () => 5])",
      gives: ['A', 'B!', 5],
    },
    {
      rule: 'a thunk that throws becomes null',
      body: "return await parallel([() => agent('a'), () => { throw new Error('no') }, async () => { throw 1 }])",
      gives: ['A', null, null],
      lines: ['parallel: element 1 threw: no', 'parallel: element 2 threw: 1'],
    },
    {
      rule: 'never rejects',
      body: 'return await parallel([() => { throw null }, () => Promise.reject(), () => { throw Object.create(null) }])',
      gives: [null, null, null],
    },
    { rule: 'of nothing gives nothing', body: 'return await parallel([])', gives: [] },
    {
      rule: 'starts all of them before any ends',
      body: "return (await parallel(['a', 'b', 'c'].map((x) => () => agent(x)))).length",
      gives: 3,
      calls: [{ ordinal: 0 }, { ordinal: 1 }, { ordinal: 2 }],
    },
    {
      rule: 'takes 4,096 items',
      body: 'return (await parallel(Array.from({ length: 4096 }, (_, n) => () => n))).at(-1)',
      gives: 4095,
    },
    {
      rule: 'rejects more than 4,096 items',
      body: 'await parallel(Array.from({ length: 4097 }, () => () => 1))',
      ends: /^script_failed: TypeError: parallel\(\) takes at most 4096 items, not 4097.*\(test\.js:1:\d+\)$/,
    },
    {
      rule: 'promises instead of thunks: says the right form',
      body: "await parallel([agent('a'), agent('b')])",
      ends: /element 0 is a promise: its work has already begun\. Write parallel\(\[\(\) => agent\("first"\), \(\) => agent\("second"\)\]\)/,
    },
    {
      rule: 'something else than an array: says the right form',
      body: 'await parallel(() => 1)',
      ends: /takes an array of functions, not a function: parallel\(\[\(\) => agent/,
    },
  ]);
});

describe('pipeline()', () => {
  check([
    {
      rule: 'a stage gets (prev, item, index)',
      body: "return await pipeline(['a', 'b'], (prev, item, index) => [prev, item, index], (prev, item, index) => [...prev, item, index])",
      gives: [
        ['a', 'a', 0, 'a', 0],
        ['b', 'b', 1, 'b', 1],
      ],
    },
    {
      rule: 'results in the order of the items',
      body: "return await pipeline(['b', 'a'], (x) => agent(x))",
      gives: ['B', 'A'],
    },
    {
      rule: 'there is no barrier between stages',
      body: "return await pipeline(['fast', 'slow'], async (x) => { if (x === 'slow') await sleep(1); return await agent(x + '1') }, (prev, x) => agent(x + '2'))",
      gives: ['FAST2', 'SLOW2'],
      calls: [
        { params: { prompt: 'fast1' } },
        { kind: 'sleep' },
        { params: { prompt: 'fast2' } },
        { params: { prompt: 'slow1' } },
        { params: { prompt: 'slow2' } },
      ],
    },
    {
      rule: 'a stage that throws makes its item null and skips its later stages',
      body: "return await pipeline([1, 2], (x) => { if (x === 1) throw new Error('no'); return x }, (x) => { log('stage ' + x); return x * 2 })",
      gives: [null, 4],
      lines: ['pipeline: item 0, stage 0 threw: no', 'stage 2'],
    },
    {
      rule: 'a null of a stage goes on to the next',
      body: 'return await pipeline([1], () => null, (prev) => [prev])',
      gives: [[null]],
    },
    { rule: 'without stages it gives the items', body: 'return await pipeline([1, 2])', gives: [1, 2] },
    {
      rule: 'rejects more than 4,096 items',
      body: 'await pipeline(Array.from({ length: 4097 }, () => 1), (x) => x)',
      ends: /pipeline\(\) takes at most 4096 items, not 4097/,
    },
    {
      rule: 'a stage that is no function',
      body: "await pipeline([1], agent('x'))",
      ends: /takes functions as stages, but stage 0 is a promise/,
    },
  ]);
});

describe('phase() and log()', () => {
  check([
    {
      rule: 'phase(title) groups later agents',
      body: "await agent('a'); phase('One'); await agent('b'); phase('Two'); await agent('c')",
      gives: null,
      calls: [{ phase: null }, { phase: 'One' }, { phase: 'Two' }],
      lines: ['# One', '# Two'],
    },
    {
      rule: 'opts.phase beats phase()',
      body: "phase('One'); await agent('a', { phase: 'Own' }); await agent('b')",
      gives: null,
      calls: [{ phase: 'Own' }, { phase: 'One' }],
    },
    {
      rule: 'opts.phase is safe in a fan-out',
      body: "await parallel(['A', 'B'].map((name) => async () => { phase(name); await null; await agent('x' + name, { phase: name }) }))",
      gives: null,
      calls: [{ phase: 'A' }, { phase: 'B' }],
    },
    {
      rule: 'a phase that meta.phases does not list is shown',
      body: "await agent('a', { phase: 'Unlisted' })",
      gives: null,
      calls: [{ phase: 'Unlisted' }],
    },
    {
      rule: 'log(msg) is a line',
      body: "log('one'); log('two', 3, { a: 1 })",
      gives: null,
      lines: ['one', 'two 3 {"a":1}'],
    },
    {
      rule: 'log() of a promise says so',
      body: "const p = agent('x'); log(p); await p",
      gives: null,
      lines: ['[a promise: it is not awaited]'],
    },
    {
      rule: 'log() of a cycle does not throw',
      body: 'const a = {}; a.a = a; log(a)',
      gives: null,
      lines: ['[a value that cannot be shown]'],
    },
    {
      rule: 'log() of an error has its message',
      body: "log(new Error('no'))",
      gives: null,
      lines: [expect.stringMatching(/^Error: no\n.*test\.js:/) as unknown as string],
    },
  ]);
});

describe('budget', () => {
  const spend = (tokens: number) => () => completed('ok', { tokens });
  check([
    {
      rule: 'of parallel(), pipeline() and a phase counts what is in them, ends what begins there, and keeps what was paid',
      body: `const chain = (list) => async () => { const paid = []; try { for (const one of list) paid.push(await agent(one)) } catch (error) { paid.push(error.code) } return paid };
        const one = await parallel([chain(['a', 'b', 'c'])], { budget: 80 });
        const two = await pipeline(['d'], (x) => agent(x), (x) => agent(x + 'e'), (x) => agent(x + 'f'), { budget: { tokens: 80 } });
        phase('P', { budget: 40 });
        await agent('g');
        const three = await agent('h').catch((error) => error.message);
        return [one, two, three, await agent('i', { phase: 'Q' }), budget.spent()]`,
      answer: (call: Played['calls'][number]) => completed(String(call.params.prompt), { tokens: 40 }),
      gives: [
        [['a', 'b', 'budget_spent']],
        [null],
        'The budget of phase("P") of 40 tokens is spent (40 so far): agent() starts no further agents in it. Give it a larger one',
        'i',
        240,
      ],
    },
    {
      rule: 'without a target total is null and remaining() Infinity',
      body: 'return [budget.total, String(budget.remaining()), budget.spent()]',
      gives: [null, 'Infinity', 0],
    },
    {
      rule: 'counts what agents took',
      body: "await agent('a'); return [budget.spent(), budget.remaining(), budget.total]",
      budget: { tokens: 100 },
      answer: spend(40),
      gives: [40, 60, 100],
    },
    {
      rule: 'agent() throws once spent >= total',
      body: "await agent('a'); try { await agent('b') } catch (error) { return [error.code, error.message] }",
      budget: { tokens: 40 },
      answer: spend(40),
      gives: [
        'budget_spent',
        'The budget of 40 tokens is spent (40 so far): agent() starts no further agents. Give the run a larger one',
      ],
    },
    {
      rule: 'remaining() is never negative',
      body: "await agent('a'); return budget.remaining()",
      budget: { tokens: 10 },
      answer: spend(40),
      gives: 0,
    },
    {
      rule: 'a failed agent is counted too',
      body: "await agent('a'); return budget.spent()",
      answer: () => ({ ...failedCall('no'), tokens: 7 }),
      gives: 7,
    },
    {
      rule: 'an uncaught budget_spent ends the run as such',
      body: "await agent('a'); await agent('b')",
      budget: { tokens: 1 },
      answer: spend(1),
      ends: /^budget_spent: The budget of 1 tokens is spent/,
    },
    {
      rule: 'in parallel() it is a null',
      body: "await agent('a'); return await parallel([() => agent('b')])",
      budget: { tokens: 1 },
      answer: spend(1),
      gives: [null],
    },
    {
      rule: 'money as well as tokens',
      body: "await agent('a'); try { await agent('b') } catch (error) { return [error.code, budget.dollars, budget.total] }",
      budget: { dollars: 0.5 },
      answer: () => completed('ok', { dollars: 0.6 }),
      gives: ['budget_spent', 0.5, null],
    },
    {
      rule: 'cannot be changed',
      body: 'try { budget.total = 5 } catch (error) { return [error.name, budget.total] }',
      gives: ['TypeError', null],
    },
  ]);
});

describe('limits', () => {
  check([
    {
      rule: 'at most 1,000 agents a run',
      body: "let n = 0; try { for (;;) { await agent('a' + n); n++ } } catch (error) { return [n, error.code] }",
      gives: [1000, 'script_limit'],
    },
    {
      rule: 'a nested script is one level deep',
      body: "try { await workflow('again') } catch (error) { return error.message }",
      answer: () => failedCall('there is none', 'script_not_found'),
      gives: "workflow('again'): there is none",
    },
    {
      rule: 'workflow() needs a name',
      body: 'await workflow()',
      ends: /workflow\(name, args\) takes the name of a script or \{ scriptPath \}, not undefined/,
    },
    {
      rule: 'workflow() takes { scriptPath }',
      body: "try { await workflow({ scriptPath: './a.js' }) } catch { return 1 }",
      answer: () => failedCall('no'),
      gives: 1,
      calls: [{ kind: 'workflow', params: { name: './a.js' } }],
    },
  ]);
});

describe('keys: an equal call has an equal key, wherever it stands', () => {
  const keys = async (body: string) => (await play(body)).calls.map(({ id }) => id).toSorted();
  const [a = '', b = ''] = ["agent('a')", "agent('b', { schema: { type: 'object', title: 'T' } })"];

  test.each([
    { rule: 'in any order', one: `await ${a}; await ${b}`, other: `await ${b}; await ${a}` },
    {
      rule: 'one after another or side by side',
      one: `await ${a}; await ${b}`,
      other: `await parallel([() => ${b}, () => ${a}])`,
    },
    {
      rule: 'by whatever label and phase',
      one: `await agent('a')`,
      other: `phase('P'); await agent('a', { label: 'l' })`,
    },
    {
      rule: 'by whatever timeout, retries, budget and onError',
      one: `await agent('a')`,
      other: `await agent('a', { timeout: '1m', retries: 3, onError: 'throw', budget: { tokens: 5 } })`,
    },
    {
      rule: 'by whatever order of fields',
      one: `await agent('a', { schema: { a: 1, b: 2 }, model: 'm' })`,
      other: `await agent('a', { model: 'm', schema: { b: 2, a: 1 } })`,
    },
    { rule: 'one more before it', one: `await ${a}`, other: `await agent('c'); await ${a}`, more: 1 },
  ])('$rule', async ({ one, other, more = 0 }) => {
    const [first, second] = await Promise.all([keys(one), keys(other)]);
    expect(second).toHaveLength(first.length + more);
    expect(second).toEqual(expect.arrayContaining(first));
  });

  test.each([
    "agent('A')",
    "agent('a', { model: 'm' })",
    "agent('a', { schema: {} })",
    "agent('a', { agentType: 'x' })",
    "agent('a', { effort: 'low' })",
    "agent('a', { tools: [] })",
    "agent('a', { isolation: 'worktree' })",
    "tool('a')",
  ])('%s has another', async (other) => {
    expect(await keys(`await ${other}`)).not.toEqual(await keys(`await ${a}`));
  });

  test('equal calls are told apart by how often they came', async () => {
    const { calls } = await play("return await parallel([1, 2, 3].map(() => () => agent('same')))");
    expect(calls.map(({ occurrence }) => occurrence)).toEqual([0, 1, 2]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
  });
});

describe('what bites people', () => {
  check([
    {
      rule: 'a forgotten await in the returned value',
      body: "return { title: 'x', parts: [agent('a')] }",
      ends: /^script_result: The script returned a promise at parts\[0\]\. Await it: a forgotten await gives a promise, not its value$/,
    },
    {
      rule: 'a forgotten await of parallel() in the returned value',
      body: "return { all: parallel([() => agent('a')]) }",
      ends: /^script_result: The script returned a promise at all\./,
    },
    {
      rule: 'a forgotten await in what a tool is given',
      body: "await tool('write_file', { content: agent('a') })",
      ends: /tool\("write_file"\) was given a promise at args\.content: await it/,
    },
    { rule: 'the promise itself may be returned', body: "return agent('a')", gives: 'A' },
    {
      rule: 'an error nobody awaits is not lost',
      body: "const work = async () => { throw new Error('lost') }; work(); return 1",
      ends: /the error was not caught: lost \(test\.js:1:\d+\)/,
    },
  ]);

  test.each([
    {
      rule: 'promises in parallel() are found before the run',
      source: "return await parallel([agent('a')])",
      finds: /^2:\d+ a promise in the list of parallel\(\): .* write \(\) => agent/,
    },
    {
      rule: 'a forgotten await is found before the run',
      source: "return { a: agent('a') }",
      finds: /^2:\d+ agent\(\) is not awaited/,
    },
    {
      rule: 'a loop on budget.remaining() without a cap is warned of',
      source: "while (budget.remaining() > 0) await agent('a')",
      finds: /^warning 2:\d+ .*Infinity/,
    },
    {
      rule: 'an unknown agentType has the nearest',
      source: "return await agent('a', { agentType: 'plugin:reviewr' })",
      finds: /^2:\d+ .*"plugin:reviewer"/,
    },
    {
      rule: 'an unknown script has the nearest',
      source: "return await workflow('deep-reserch')",
      finds: /^2:\d+ .*"deep-research"/,
    },
  ])('$rule', ({ source, finds }) => {
    const [found, ...others] = findings(meta + source);
    expect(found).toMatch(finds);
    expect(others).toEqual([]);
  });

  test('a phase that meta.phases does not list is warned of', () => {
    const listed = "export const meta = { name: 'x', description: 'y', phases: [{ title: 'A' }] }\n";
    expect(findings(`${listed}return await agent('a', { phase: 'B' })`)).toEqual([
      expect.stringMatching(/^warning 2:\d+ phase "B" is not in meta\.phases/),
    ]);
  });
});
