import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeFile, withoutClashes } from '../../../worker/tools/own-tools.ts';
import { openUnconfined } from '../confine/tracked.ts';
import { isRunning, temporaryFolder, testContext } from '../test-context.ts';
import { askHost } from './ask-host.ts';
import { createOwnTool } from './own-tool.ts';
import type { HostAnswer } from './protocol.ts';

const env = { PATH: process.env.PATH ?? '' };

const fileOf = async (source: string, name = 'mine.ts'): Promise<string> => {
  const file = path.join(await temporaryFolder(), name);
  await writeFile(file, source);
  return file;
};

const head = `import { defineTool, z } from 'everturn/tools';\n`;
const body = (run: string, rest = ''): string =>
  `${head}export default defineTool({ name: 'mine', description: 'Does it', input: z.object({ text: z.string().default('a') }),${rest}\n  ${run},\n});\n`;

const fault = async (source: string): Promise<string> => {
  const file = await fileOf(source);
  const found = await describeFile(file, { cwd: path.dirname(file), env, confinement: openUnconfined(null) });
  return 'fault' in found ? found.fault : 'none';
};

const run = async (
  source: string,
  args: Record<string, unknown> = {},
  seconds = 20,
  onOutput: (text: string) => void = () => undefined,
): Promise<HostAnswer> => {
  const file = await fileOf(source);
  const workspace = path.dirname(file);
  return await askHost({
    request: { action: 'run', file, args, workspace, key: 'a key' },
    cwd: workspace,
    env,
    confinement: openUnconfined(null),
    seconds,
    signal: new AbortController().signal,
    onOutput,
  });
};

test('a tool is described as its file says', async () => {
  const file = await fileOf(body('run: ({ text }) => text', " permission: 'read', effect: 'pure', seconds: 5,"));
  expect(await describeFile(file, { cwd: path.dirname(file), env, confinement: openUnconfined(null) })).toEqual({
    tool: {
      name: 'mine',
      own: 'mine',
      description: 'Does it',
      schema: { type: 'object', properties: { text: { default: 'a', type: 'string' } } },
      permission: 'read',
      effect: 'pure',
      seconds: 5,
    },
  });
});

describe('a file that is no tool', () => {
  test.each([
    [
      'enum A { B }',
      'it cannot be loaded: ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX: TypeScript enum is not supported in strip-only mode (mine.ts:1)',
    ],
    ['const a = ;', /^it cannot be loaded: .*Expression expected/s],
    ["throw 'a text'", "it cannot be loaded: it threw a value that is not an Error: 'a text'"],
    ["throw new Error('no licence')", 'it cannot be loaded: no licence (mine.ts:1)'],
    ["import 'no-such-package'", /^it cannot be loaded: ERR_MODULE_NOT_FOUND: Cannot find package 'no-such-package'/],
    ['export const a = 1', 'it has no default export; write: export default defineTool({ … })'],
    [
      'export default 7',
      'its default export is not a tool: the whole: Invalid input: expected object, received number',
    ],
    ['await new Promise(() => {})', 'the file never finishes loading: it awaits what never comes'],
    ['process.exit(4)', 'its process ended before it returned (exit code 4)'],
    [
      `${head}export default defineTool({ name: 'a b', description: '', input: z.string() })`,
      /name: expected a letter.*description: .*run: expected a function/,
    ],
    [
      `${head}export default defineTool({ name: 'a', description: 'b', input: z.string(), run() {} })`,
      'its input is of type string: expected z.object({ … })',
    ],
    [
      `${head}export default defineTool({ name: 'a', description: 'b', input: { text: 'string' }, run() {} })`,
      /input: expected a schema of zod 4, such as/,
    ],
    [
      `${head}export default defineTool({ name: 'a', description: 'b', input: z.object({ at: z.date() }), run() {} })`,
      /^its input cannot be described to a model: Date cannot be represented/,
    ],
    [
      `${head}export default defineTool({ name: 'a', description: 'b', input: z.object({}), permisson: 'read', run() {} })`,
      'its default export has unknown fields: permisson; there are name, description, input, effect, permission, seconds, run',
    ],
  ])('%s', async (source, words) => {
    const told = await fault(source);
    if (typeof words === 'string') expect(told).toBe(words);
    else expect(told).toMatch(words);
  });
});

describe('a call', () => {
  test('gives a text as it is, and anything else as JSON', async () => {
    expect(await run(body('run: ({ text }) => text'))).toEqual({ outcome: 'done', text: 'a', open: [] });
    expect(
      await run(
        body('run: async ({ text }, { key, workspace }) => ({ text, key, isHere: process.cwd() === workspace })'),
        { text: 'b' },
      ),
    ).toMatchObject({
      text: '{"text":"b","key":"a key","isHere":true}',
    });
    expect(await run(body('run: () => undefined'))).toMatchObject({ outcome: 'done', text: '' });
  });

  test.each([
    ["run() { throw 'a text' }", "it threw a value that is not an Error: 'a text'"],
    ['run() { throw null }', 'it threw a value that is not an Error: null'],
    ["run() { throw new TypeError('the disk is full') }", 'the disk is full (mine.ts:3)'],
    [
      'run: () => new Promise(() => {})',
      'it never returns: its promise is not settled, and nothing is left to wait for',
    ],
    ['run() { process.exit(0) }', 'its process ended before it returned (exit code 0)'],
    ["run() { process.kill(process.pid, 'SIGKILL') }", 'its process ended before it returned (SIGKILL)'],
    [
      "run() { setTimeout(() => { throw new Error('late') }, 1); return new Promise(() => {}) }",
      'after it was started, late (mine.ts:3)',
    ],
    [
      "run() { void Promise.reject(new Error('lost')); return new Promise((done) => setTimeout(done, 5000)) }",
      'a promise that was not awaited was rejected: lost (mine.ts:3)',
    ],
    ['run: () => 1n', /^Do not know how to serialize a BigInt/],
    [
      'run() { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }',
      'it took more than 512 MB of memory',
    ],
  ])('%s', async (code, words) => {
    const answer = await run(body(code));
    expect(answer).toEqual({
      outcome: 'failed',
      fault: typeof words === 'string' ? words : expect.stringMatching(words),
    });
  });

  test('that never returns is ended, with all that it started', async () => {
    const code = `async run(_args, { log }) {
      const { spawn } = await import('node:child_process');
      spawn('sleep', ['300']);
      for (;;);
    }`;
    expect(await run(body(code), {}, 1)).toEqual({
      outcome: 'failed',
      fault: 'it did not return within 1 s, and was ended',
    });
  });

  test('that leaves something open ends all the same, and it is said', async () => {
    const code =
      "async run() { setInterval(() => {}, 1000); const { spawn } = await import('node:child_process'); return String(spawn('sleep', ['300']).pid) }";
    const answer = await run(body(code));
    expect(answer).toMatchObject({ outcome: 'done', open: expect.arrayContaining(['Timeout']) });
    expect(isRunning(Number(answer.outcome === 'done' ? answer.text : 0))).toBe(false);
  });

  const writesWithoutEnd =
    "async run() { for (;;) { console.log('x'.repeat(100_000)); await new Promise(setImmediate) } }";
  /** Nothing is read for so long. */
  const hold = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  test.each([
    ['however fast it is read', 0],
    ['however slowly it is read', 3000],
  ])('that writes without end is ended, %s', async (_how, ms) => {
    expect(await run(body(writesWithoutEnd), {}, 20, () => hold(ms))).toEqual({
      outcome: 'failed',
      fault: 'it wrote more than 20.0 MB of output, and was ended',
    });
  });

  test('that ends while something it started holds its output open says so at once', async () => {
    const code = `async run() {
      const { spawn } = await import('node:child_process');
      spawn('sleep', ['300'], { detached: true, stdio: 'inherit' });
      process.exit(3);
    }`;
    expect(await run(body(code), {}, 60)).toEqual({
      outcome: 'failed',
      fault: 'its process ended before it returned (exit code 3)',
    });
  });

  test('with arguments that do not fit says which', async () => {
    expect(await run(body('run: () => 1'), { text: 7 })).toEqual({
      outcome: 'arguments',
      fault: 'text: Invalid input: expected string, received number',
    });
  });

  test('sees the variables of a command, and nothing else', async () => {
    const answer = await run(body('run: () => Object.keys(process.env)'));
    expect(answer).toMatchObject({ outcome: 'done', text: '["PATH","EVERTURN_CALL"]' });
  });

  test('as an agent makes it: its output is live, its failure is what the model reads', async () => {
    const file = await fileOf(
      body("run({ text }, { log }) { log('working'); if (text === 'b') throw new Error('no b'); return text }"),
    );
    const described = {
      name: 'mine',
      own: 'mine',
      description: 'd',
      schema: {},
      permission: 'read',
      effect: 'pure',
    } as const;
    let live = '';
    const context = await testContext({
      onOutput: (text) => {
        live += text;
      },
    });
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const tool = createOwnTool(described, { file, hash, seconds: 20 });
    expect(await tool.run({ text: 'a' }, context)).toEqual({ status: 'ok', text: 'a' });
    expect(live).toBe('working\n');
    expect(await tool.run({ text: 'b' }, context)).toEqual({
      status: 'error',
      text: 'Cannot run mine: no b (mine.ts:3)',
    });
    await writeFile(file, body('run: () => 1'));
    expect((await tool.run({ text: 'a' }, context)).text).toBe(
      'Cannot run mine: its file has changed since it was checked; call it again when the new one has been',
    );
  });
});

test('names that are taken are refused with both files', () => {
  const tool = (name: string) =>
    ({ name, own: name, description: '', schema: {}, permission: 'read', effect: 'pure' }) as const;
  const [one, two, three, four, five] = withoutClashes([
    { file: '/p/a.ts', origin: 'project', tool: tool('same'), fault: null },
    { file: '/p/b.ts', origin: 'project', tool: tool('same'), fault: null },
    { file: '/p/c.ts', origin: 'project', tool: tool('read_file'), fault: null },
    { file: '/p/d.ts', origin: 'project', tool: tool('mine'), fault: null },
    { file: '/h/d.ts', origin: 'personal', tool: tool('mine'), fault: null },
  ]);
  expect(one?.fault).toBe('b.ts has the name same too; rename one of the two');
  expect(two?.fault).toBe('a.ts has the name same too; rename one of the two');
  expect(three?.fault).toBe('the name read_file is that of a built-in tool; choose another');
  expect(four?.tool?.name).toBe('mine');
  expect(five?.fault).toBe('hidden by /p/d.ts of the project, which has the same name');
});
