import { expect, test } from 'vitest';
import { estimateRun, parseScript } from '../script-file.ts';

const meta = `export const meta = { name: 'x', description: 'X' };\n`;
const of = (body: string, args?: { value: unknown }) => estimateRun(meta + body, args);

test.each([
  ['nothing', `return 1`, 0],
  ['each call', `await agent('a'); await agent('b')`, 2],
  [
    'functions of parallel()',
    `await parallel([() => agent('a'), () => agent('b'), async () => { await agent('c') }])`,
    3,
  ],
  ['a list that is mapped', `const n = [1, 2, 3]; await parallel(n.map((x) => () => agent('a' + x)))`, 3],
  ['a list that is kept', `const all = [1, 2].map((x) => () => agent('a' + x)); await parallel(all)`, 2],
  ['Array.from', `await parallel(Array.from({ length: 40 }, (_, n) => () => agent('a' + n)))`, 40],
  ['Array(n).fill', `await parallel(Array(7).fill(0).map(() => () => agent('a')))`, 7],
  ['spread keys', `for (const n of [...Array(6).keys()]) await agent('a' + n)`, 6],
  ['stages', `await pipeline(['a', 'b', 'c'], (x) => agent(x), (y) => y && agent('check ' + y))`, 6],
  [
    'stages by name',
    `const one = (x) => agent(x); async function two(y) { return await agent(y) }
    await pipeline(['a', 'b'], one, two)`,
    4,
  ],
  [
    'stages that fan out',
    `await pipeline(['a', 'b'], (x) => agent(x), (y) => parallel([1, 2, 3].map((n) => () => agent(y + n))))`,
    8,
  ],
  ['a loop over a list', `const files = ['a', 'b']; for (const file of files) { await agent(file) }`, 2],
  ['a counting loop', `for (let i = 0; i < 5; i++) await agent('a')`, 5],
  ['a loop to a bound that is counted in', `for (let i = 1; i <= 5; i += 1) await agent('a')`, 5],
  ['a loop in steps', `for (let i = 0; i < 10; i += 4) await agent('a')`, 3],
  ['loops in loops', `for (const a of [1, 2]) for (const b of [1, 2, 3]) await agent('a' + b)`, 6],
  ['helpers where they are called', `const ask = async (q) => await agent(q); await ask('a'); await ask('b')`, 2],
  [
    'helpers that call helpers',
    `function a() { return agent('x') } function b() { return Promise.all([a(), a()]) } await b(); await b()`,
    4,
  ],
  ['the branch that costs more', `if (args) { await agent('a') } else { await agent('b'); await agent('c') }`, 2],
  [
    'a slice of what is not known',
    `const all = await tool('list'); await parallel(all.slice(0, 30).map((x) => () => agent(x)))`,
    30,
  ],
  ['a bound by Math.min', `for (let i = 0; i < Math.min(args.n, 9); i++) await agent('a')`, 9],
  ['objects', `const kinds = { a: 1, b: 2 }; await parallel(Object.keys(kinds).map((k) => () => agent(k)))`, 2],
  ['never more than a run may start', `await parallel(Array.from({ length: 4000 }, () => () => agent('a')))`, 1000],
])('counts %s', (_, body, agents) => {
  expect(of(body)).toEqual({ agents, orMore: false });
});

test.each([
  ['a list of the arguments', `await parallel(args.files.map((f) => () => agent(f)))`, 1],
  ['a loop that a condition ends', `let round = 0; while (round < 40 && !done) { round++; await agent('a') }`, 1],
  ['a loop without a cap', `while (true) { await agent('a') }`, 1],
  [
    'a function that calls itself',
    `const again = async () => { await agent('a'); return await again() }; await again()`,
    1,
  ],
  ['a script within it', `await agent('a'); await workflow('other')`, 1],
])('says that there may be more: %s', (_, body, agents) => {
  expect(of(body)).toEqual({ agents, orMore: true });
});

test('the arguments of a run make it exact', () => {
  const files = { value: { files: Array.from({ length: 31 }, (_, n) => `f${n}`) } };
  expect(of(`await parallel(args.files.map((f) => () => agent(f)))`, files)).toEqual({ agents: 31, orMore: false });
  expect(
    of(`const list = args?.files ?? ['a', 'b']; for (const f of list) await agent(f)`, { value: undefined }),
  ).toEqual({
    agents: 2,
    orMore: false,
  });
  expect(
    estimateRun(`// Each.\nexport default async function (args) { for (const f of args.files) await agent(f) }`, files),
  ).toEqual({
    agents: 31,
    orMore: false,
  });
});

test('a branch that the arguments rule out does not count', () => {
  const body = `if (args) await agent('a'); return args?.deep ? await agent('b') : await parallel([() => agent('c'), () => agent('d')])`;
  expect(of(body, { value: undefined })).toEqual({ agents: 2, orMore: false });
  expect(of(body, { value: { deep: true } })).toEqual({ agents: 2, orMore: false });
});

test('the check warns of a large run, at its first agent', () => {
  const warnings = (length: number) =>
    parseScript(`${meta}await parallel(Array.from({ length: ${length} }, (_, n) => () => agent('a' + n)))`, 'x.js')
      .findingsWith({ agents: new Map(), models: undefined, scripts: [], flows: [], nests: () => false }, null)
      .warnings.map(({ line, message }) => `${line}: ${message}`);
  expect(warnings(25)).toEqual([]);
  expect(warnings(26)).toEqual([
    '2: 26 agents: a run of more than 25 is large. Bound it with a budget (--budget-tokens, limits.runTokens)',
  ]);
});

test('what is deep, or calls on and on, is not followed to its end', () => {
  const chain = Array.from({ length: 5000 }, (_, n) => `const f${n} = () => f${n + 1}()`).join('\n');
  expect(of(`${chain}\nconst f5000 = () => agent('a'); await f0()`)).toEqual({ agents: 0, orMore: true });
  expect(of(`return ${'1+'.repeat(5000)}1`)).toEqual({ agents: 0, orMore: true });
});

test('nothing is said of what cannot be read', () => {
  expect(estimateRun('const')).toBeNull();
});
