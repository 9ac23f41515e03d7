// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of ours, not of JavaScript
import { afterAll, describe, expect, test } from 'vitest';
import { type Evaluation, openSandbox } from './sandbox.ts';

const sandbox = openSandbox({ threads: 1 });
afterAll(() => sandbox.close());

const scope = {
  input: { title: 'Tea', n: 3, yes: true, nothing: null, list: [1, { a: 'b' }], odd: 'nul \u0000, half \ud800, é, 🫖' },
  results: { plan: { status: 'succeeded', output: { title: 'Plan' } } },
};
const labels = { code: 'steps[2].code', expression: 'steps[1].when', template: 'steps[1].prompt' };
const evaluate = (kind: Evaluation['kind'], source: string, more: Partial<Evaluation> = {}): Promise<unknown> =>
  sandbox.evaluate({ kind, source, scope, label: labels[kind], ...more });
const failing = async (kind: Evaluation['kind'], source: string): Promise<string> => {
  const { code, message } = await evaluate(kind, source).then(
    (value) => Promise.reject(new Error(`It gave ${JSON.stringify(value)}`)),
    (error: { code: string; message: string }) => error,
  );
  return `${code}: ${message}`;
};

describe('values', () => {
  test.each([
    ['expression', 'input.n + 1', 4],
    ['expression', '{ a: input.list }', { a: [1, { a: 'b' }] }],
    ['expression', 'undefined', null],
    ['expression', 'input.odd // with a comment', scope.input.odd],
    ['code', 'const n = input.n;\nreturn n * 2', 6],
    ['code', 'input.n++', null],
    ['code', 'return { a: undefined, d: new Date(0), nan: NaN }', { d: '1970-01-01T00:00:00.000Z', nan: null }],
    [
      'code',
      'return [new Date(2025, 5, 1).getHours(), new Date("2025-06-01T10:00").toJSON()]',
      [0, '2025-06-01T10:00:00.000Z'],
    ],
    ['code', 'return [typeof fetch, Date.UTC(1970, 0), new Date(0) instanceof Date]', ['undefined', 0, true]],
    ['template', 'no hole', 'no hole'],
    ['template', '${input.title} ${input.n} ${input.yes} ${input.odd}', `Tea 3 true ${scope.input.odd}`],
    ['template', 'a ${input.list}', `a ${JSON.stringify(scope.input.list, null, 2)}`],
    ['template', '${"}"}${`${input.n}}`}${ { a: 1 }.a }${/}/.test("}") /* } */}', '}3}1true'],
    ['template', '\\${input.n} $${input.n} $ {input.n} \\n', '${input.n} $3 $ {input.n} \\n'],
    ['template', "${input.nothing ?? ''}${results.none?.output ?? 'none'}", 'none'],
  ] as const)('%s %s', async (kind, source, value) => {
    expect(await evaluate(kind, source)).toEqual(value);
  });

  test('many small evaluations take little', async () => {
    const items = Array.from({ length: 1000 }, (_, n) => n);
    const sources = items.map((item) =>
      evaluate('template', 'Item ${item} of ${input.n}', { scope: { ...scope, item } }),
    );
    expect(await Promise.all(sources)).toEqual(items.map((item) => `Item ${item} of 3`));
  });
});

describe('errors say what, where, and what to do', () => {
  test.each([
    [
      'code',
      'let a = 1;\n  input.none.x',
      "code_failed: Cannot run steps[2].code: cannot read property 'x' of undefined (line 2, column 13)",
    ],
    ['code', 'throw new RangeError("too much")', 'code_failed: Cannot run steps[2].code: too much (line 1, column 21)'],
    ['code', 'throw null', 'code_failed: Cannot run steps[2].code: It threw null'],
    ['code', 'throw "a text"', 'code_failed: Cannot run steps[2].code: It threw a text'],
    ['code', 'throw { a: 1 }', 'code_failed: Cannot run steps[2].code: It threw {"a":1}'],
    ['code', 'throw Symbol("s")', 'code_failed: Cannot run steps[2].code: It threw Symbol(s)'],
    [
      'code',
      'throw { toJSON() { throw 1 } }',
      'code_failed: Cannot run steps[2].code: It threw a value that cannot be shown',
    ],
    ['code', 'return {\n  get a() { throw new Error("boo") } }', 'code_failed: Cannot run steps[2].code: boo (line 2'],
    ['code', 'x = 1', "code_failed: Cannot run steps[2].code: 'x' is not defined"],
    ['code', 'return 1 +', 'code_syntax: Cannot run steps[2].code: Unexpected token (line 1, column 11)'],
    ['code', '}); (() => {', 'code_syntax: Cannot run steps[2].code: Unexpected token (line 1, column 1)'],
    [
      'expression',
      '1; 2',
      'code_syntax: Cannot evaluate steps[1].when: Unexpected ";" after the expression (line 1, column 2)',
    ],
    [
      'expression',
      'input.none.x > 1',
      "code_failed: Cannot evaluate steps[1].when: input.none.x > 1: cannot read property 'x' of undefined (line 1, column 11)",
    ],
    [
      'template',
      'a\n ${input.n',
      'code_syntax: Cannot fill in steps[1].prompt: The hole that begins here has no } after its expression (line 2, column 2)',
    ],
    ['template', 'a ${}', 'code_syntax: Cannot fill in steps[1].prompt: Unexpected token (line 1, column 5)'],
    [
      'template',
      'a ${input.none}',
      "template_undefined: Cannot fill in steps[1].prompt: ${input.none} is undefined. Check the name, or write ${... ?? ''}",
    ],
    [
      'template',
      'a ${input.nothing}',
      'template_undefined: Cannot fill in steps[1].prompt: ${input.nothing} is null. Check the name',
    ],
    [
      'template',
      'a\n${input.n} ${results.draft.output.title}',
      "template_undefined: Cannot fill in steps[1].prompt: ${results.draft.output.title}: cannot read property 'output' of undefined (line 2, column 27). Check the name",
    ],
    [
      'template',
      'a ${input.n.toFixed}',
      'code_result: Cannot fill in steps[1].prompt: ${input.n.toFixed}: The result is a function',
    ],
  ] as const)('%s %s', async (kind, source, message) => {
    expect(await failing(kind, source)).toContain(message);
  });
});

describe('results that are no JSON', () => {
  test.each([
    ['return () => 1', 'The result is a function'],
    ['return { a: [1, Symbol()] }', 'The result has a symbol at "1"'],
    ['return { total: 10n }', 'The result has a BigInt at "total"'],
    ['const a = {}; a.a = a; return a', 'The result contains itself (a cycle)'],
    ['return { toJSON: () => () => 1 }', 'The result is a function'],
    ['return new Map()', 'The result is a Map'],
    [
      'return [1].map(async (n) => n)',
      'The result has a promise at "0". Nothing here takes time: use no async functions',
    ],
    ['const f = () => Promise.resolve().then(f); return f()', 'The result is a promise'],
    ['return "x".repeat(3 * 1024 * 1024)', 'The result has 3 MB of JSON, the limit is 1 MB'],
    ['return "é".repeat(600 * 1024)', 'The result has 1.2 MB of JSON, the limit is 1 MB'],
  ])('%s', async (source, message) => {
    expect(await failing('code', source)).toContain(`code_result: Cannot run steps[2].code: ${message}`);
  });

  test('the limit can be another, and holds for a template', async () => {
    const limit = { outputBytes: 4 * 1024 * 1024 };
    expect(await evaluate('code', 'return "x".repeat(3e6)', limit)).toHaveLength(3e6);
    await expect(evaluate('template', '${"x".repeat(2e6)}')).rejects.toMatchObject({ code: 'code_result' });
  });
});

describe('what other hosts have is not there, and the message says what to do instead', () => {
  test.each([
    ['return fetch("x")', 'code_failed', 'fetch is not available in a code step: it reaches nothing outside'],
    ['return require("fs")', 'code_failed', 'require is not available in a code step: there are no modules'],
    ['return process.env', 'code_failed', 'process is not available in a code step: it knows nothing of the machine'],
    ['import fs from "fs"', 'code_syntax', 'import is not available'],
    ['return import("fs")', 'code_syntax', 'import is not available'],
    ['return await 1', 'code_syntax', 'await is not available: nothing here takes time'],
    [
      'return Date.now()',
      'code_failed',
      'Date.now() is not available: a result is used again for the same input. Pass the time in the input',
    ],
    ['return new Date()', 'code_failed', 'The current time is not available'],
    ['return Date()', 'code_failed', 'The current time is not available'],
    ['return new (new Date(0).constructor)()', 'code_failed', 'The current time is not available'],
    ['return new (class extends Date {})()', 'code_failed', 'The current time is not available'],
    ['return Math.random()', 'code_failed', 'Math.random() is not available'],
    ['return eval("results")', 'code_failed', 'eval is not available'],
    ['return (() => 1).constructor("return results")()', 'code_failed', 'Code made from text is not available'],
    ['return (function* () {}).constructor("yield 1")', 'code_failed', 'Code made from text is not available'],
    ['setTimeout(() => 1)', 'code_failed', 'setTimeout is not available in a code step: nothing here waits'],
  ])('%s', async (source, code, message) => {
    const told = await failing('code', source);
    expect(told).toContain(message);
    expect(told).toContain(`${code}: `);
  });
});
