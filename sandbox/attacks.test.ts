import { afterAll, afterEach, expect, test } from 'vitest';
import { type Evaluation, openSandbox } from './sandbox.ts';

const sandbox = openSandbox();
const code = (source: string, more: Partial<Evaluation> = {}): Promise<unknown> =>
  sandbox.evaluate({ kind: 'code', source, scope: { input: { n: 20 } }, label: 'steps[2].code', ...more });

afterEach(async () => {
  // Both threads, or their successors.
  expect(await Promise.all([code('return input.n + 1'), code('return input.n + 2')])).toEqual([21, 22]);
});
afterAll(() => sandbox.close());

const endless = {
  'a loop': 'for (;;);',
  'a loop that catches': 'for (;;) try { for (;;); } catch {} finally { continue }',
  'a catastrophic regular expression': 'return /^(a+)+$/.test("a".repeat(60) + "b")',
  'native calls': 'const s = "a".repeat(1e7); for (;;) s.indexOf("ab")',
  'an evil comparator': 'return [3, 2, 1].sort(() => { for (;;); })',
  'a getter of the result': 'return { get a() { for (;;); } }',
  'a toJSON of the result': 'return { toJSON() { for (;;); } }',
  'the text of what is thrown': 'throw { toJSON() { for (;;); } }',
  'a proxy': 'return new Proxy({}, { ownKeys() { for (;;); } })',
  'a generator': 'return [...(function* () { for (;;) yield* []; })()]',
};
test.each(Object.entries(endless))('%s without end is stopped', async (_, source) => {
  await expect(code(source, { timeMs: 500 })).rejects.toMatchObject({
    code: 'code_timeout',
    message: expect.stringMatching(/^Cannot run steps\[2\]\.code: It has run for 0\.5 s/),
  });
});

const greedy = {
  arrays: 'const a = []; for (;;) a.push({ a: [a] })',
  'strings by repeat': 'let s = "x"; for (;;) s = s.repeat(2) + s',
  'typed arrays': 'const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))',
  buffers: 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))',
  'one buffer': 'return new Uint8Array(1e9).length',
  join: 'return new Array(1e6).fill("x".repeat(1e4)).join("").length',
  'a map': 'const m = new Map(); for (let i = 0; ; i++) m.set(i, "k" + i)',
  closures: 'let f = () => 0; for (;;) { const g = f; f = () => g; }',
  'what is thrown': 'throw new Error("x".repeat(3e7) + "y".repeat(3e7))',
  'a result': 'return new Array(1e6).fill("x".repeat(100))',
};
test.each(Object.entries(greedy))('%s that take all memory are stopped', async (_, source) => {
  await expect(code(source, { timeMs: 60_000 })).rejects.toMatchObject({
    code: 'code_memory',
    message: expect.stringContaining('more than its 64 MB of memory'),
  });
});

test('a smaller limit holds too, and memory failures that are caught do not get past it', async () => {
  const most =
    'let n = 0; const a = []; try { for (;;) { a.push(new ArrayBuffer(1e6)); n++; } } catch { a.length = 0 } return n';
  expect(await code(most, { memoryBytes: 32 * 1024 * 1024 })).toBeLessThan(32);
  expect(await code(most)).toBeLessThan(64);
});

test('what is handed in is limited by the memory', async () => {
  const scope = { input: 'x'.repeat(20_000_000) };
  await expect(code('return input.length', { scope })).rejects.toMatchObject({ code: 'code_memory' });
  expect(await code('return "not read"', { scope })).toBe('not read');
});

const deep = {
  recursion: 'const f = () => f() + 1; return f()',
  'recursion through a built-in': 'const f = () => [1].map(f); return f()',
  'a nested result': 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a',
  'nested JSON': 'return JSON.parse("[".repeat(1e5))',
  'a nested source': `return ${'('.repeat(50_000)}1${')'.repeat(50_000)}`,
};
test.each(Object.entries(deep))('%s that goes too deep is an error', async (_, source) => {
  await expect(code(source, { timeMs: 60_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^code_(failed|syntax)$/),
    message: expect.stringMatching(/too deep|Not enough stack/),
  });
});

test('a source may be long', async () => {
  expect(await code(`return "x"${'.trim()'.repeat(20_000)}`)).toBe('x');
  expect(await code(`return [${'1, '.repeat(200_000)}].length`)).toBe(200_000);
});

test('recursion of a sensible depth works', async () => {
  expect(await code('const f = (n) => n === 0 ? 0 : 1 + f(n - 1); return f(800)')).toBe(800);
});

test('nothing is left for the next evaluation', async () => {
  const pollute = `
    globalThis.left = 1;
    Object.prototype.left = 1; Array.prototype.map = () => 'mine';
    JSON.stringify = () => '"mine"'; JSON.parse = () => 'mine';
    Object.prototype.toJSON = () => 'mine';
    return {}`;
  expect(await code(pollute)).toBe('mine');
  const look = 'return [typeof left, ({}).left ?? null, [1].map((n) => n + 1), JSON.parse("{}"), ({}).toJSON ?? null]';
  for (let i = 0; i < 4; i++) expect(await code(look)).toEqual(['undefined', null, [2], {}, null]);
});

test('changed built-ins change no report of a failure', async () => {
  const lie = `Object.prototype.toJSON = () => 'mine'; JSON.stringify = () => '"mine"';
    Array.prototype.push = String.prototype.slice = Error.prototype.toString = () => 'mine';`;
  await expect(code(`${lie}\nthrow new Error('true')`)).rejects.toMatchObject({
    message: expect.stringContaining('true (line 3'),
  });
});

test('`__proto__` in what goes in and comes out is a name like others', async () => {
  const scope = { input: JSON.parse('{"__proto__": {"evil": 1}}') };
  const out = await code('return [input.evil ?? null, input]', { scope });
  expect(JSON.stringify(out)).toBe('[null,{"__proto__":{"evil":1}}]');
  expect(({} as { evil?: number }).evil).toBeUndefined();
});

test('20 at once on two threads, one of them endless: the others are answered', async () => {
  const stop = new AbortController();
  const running = sandbox.evaluate(
    { kind: 'code', source: 'for (;;);', scope: {}, label: 'x', timeMs: 600_000 },
    stop.signal,
  );
  const ended = running.then(
    () => 'value',
    (reason: unknown) => reason,
  );
  const others = await Promise.all(
    Array.from({ length: 19 }, (_, n) => code('return input * 2', { scope: { input: n } })),
  );
  expect(others).toEqual(Array.from({ length: 19 }, (_, n) => n * 2));
  expect(await Promise.race([ended, Promise.resolve('still running')])).toBe('still running');
  stop.abort('enough');
  expect(await ended).toBe('enough');
});

test('one that waits for a thread can be aborted', async () => {
  const stop = new AbortController();
  const busy = [1, 2].map(() =>
    sandbox.evaluate({ kind: 'code', source: 'for (;;);', scope: {}, label: 'x', timeMs: 600_000 }, stop.signal),
  );
  const settled = Promise.allSettled(busy);
  await expect(
    sandbox.evaluate({ kind: 'expression', source: '1', scope: {}, label: 'x' }, AbortSignal.timeout(20)),
  ).rejects.toMatchObject({ name: 'TimeoutError' });
  stop.abort('enough');
  expect(await settled).toMatchObject([{ reason: 'enough' }, { reason: 'enough' }]);
});

test('closing refuses what runs and what waits', async () => {
  const other = openSandbox({ threads: 1 });
  const evaluate = (source: string) => other.evaluate({ kind: 'code', source, scope: {}, label: 'x', timeMs: 600_000 });
  const settled = Promise.allSettled([evaluate('for (;;);'), evaluate('return 1')]);
  await other.close();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(evaluate('return 1')).rejects.toThrow('The sandbox is closed');
});

test('all of this kept the memory of the process bounded', () => {
  expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(1000);
});
