import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attack, attackGroups } from './support/attacks.ts';
import { runScript, startScriptOf, writeScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

/** As if the script began with its own first line, in a file of the attack's name. */
const normal = (text: string): string =>
  text.replaceAll(/[\w./-]+\.js(?::(\d+))?/g, (_, line?: string) => `attack.js${line ? `:${Number(line) - 1}` : ''}`);

describe('attacks on the worker of scripts', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  });
  afterAll(() => stack.close());

  /** Another script of the same worker goes on while the attack lasts. */
  const healthy = async (): Promise<unknown> => (await runScript(stack, 'await sleep(0.01); return 3')).output;

  const real = Object.entries(attackGroups).flatMap(([group, attacks]: [string, Attack[]]) =>
    attacks.filter((attack) => attack.real).map((attack) => ({ ...attack, name: `${group}: ${attack.name}` })),
  );
  test.each(real)('$name', async ({ body, ends, args }) => {
    const [{ run, output }, beside] = await Promise.all([
      runScript(stack, body, args === undefined ? {} : { args }),
      healthy(),
    ]);
    expect(normal(run.code === null ? `completed: ${JSON.stringify(output)}` : `${run.code}: ${run.reason}`)).toMatch(
      ends,
    );
    expect(beside).toBe(3);
  });

  test('3 MB of arguments are refused before the run', async () => {
    await writeScript(stack, 'large', 'return args.length');
    await expect(stack.api.startRun({ script: 'large', args: 'x'.repeat(3e6) })).rejects.toMatchObject({
      code: 'input_invalid',
      message: expect.stringMatching(
        /^Cannot start large: what it is given is 3000002 characters of JSON, at most 1500000/,
      ),
    });
    expect((await runScript(stack, 'return args.length', { args: 'x'.repeat(1_400_000) })).output).toBe(1_400_000);
  });

  test('a script of the same name as none is refused with the nearest', async () => {
    await writeScript(stack, 'summarize', 'return 1');
    await expect(stack.api.startRun({ script: 'sumarize' })).rejects.toThrow(/summarize/);
  });

  test('a syntax error is refused with its line and column', async () => {
    await expect(startScriptOf(stack, 'const a = 1;\nconst b = ;')).rejects.toThrow(/:3:11/);
  });

  test('a second level of workflow() ends the run that calls it', async () => {
    await writeScript(stack, 'third', 'return 3');
    await writeScript(stack, 'second', "return await workflow('third')");
    const { run } = await runScript(stack, "return await workflow('second')");
    expect(run).toMatchObject({ status: 'failed', code: 'script_limit' });
    expect(run.reason).toMatch(
      /^workflow\('third'\) cannot be called from within a child workflow: nesting is limited to one level.*second\.js:2:\d+\)$/,
    );
  });

  test('an unknown name in workflow() ends the run with the nearest', async () => {
    await writeScript(stack, 'gather', 'return 3');
    const { run } = await runScript(stack, "return await workflow('gath' + args)", { args: 'r' });
    expect(run.reason).toMatch(/^workflow\('gathr'\): .*gather.*\(.*script\d+\.js:2:\d+\)$/);
  });

  test('a schema that no answer satisfies ends the agent, not the run', async () => {
    stack.model.script([{ reply: { text: 'no object' }, times: { min: 1, max: 50 } }], 'never satisfied');
    const { output, id } = await runScript(
      stack,
      "return await agent('never satisfied', { schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer', minimum: 2, maximum: 1 } } }, retries: 0 })",
    );
    expect(output).toBeNull();
    const [node] = Object.values((await stack.api.getRun(id)).nodes);
    expect(node).toMatchObject({ status: 'failed' });
  });
});
