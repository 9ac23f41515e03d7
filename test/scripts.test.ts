import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

describe.each([{ maxCachedWorkflows: 40 }, { maxCachedWorkflows: 0 }])('a script, %o', (options) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await Promise.all([stack.startWorker(options), stack.startScriptWorker(options)]);
  });
  afterAll(() => stack.close());

  test('computes, narrates and returns', async () => {
    const { run, output, id } = await runScript(
      stack,
      "phase('Count');\nlog('from', args.from);\nreturn [1, 2, 3].map((n) => n + args.from);",
      { args: { from: 10 } },
    );
    expect(run).toMatchObject({ kind: 'script', status: 'completed', reason: null });
    expect(output).toEqual([11, 12, 13]);
    const { script } = await stack.api.getRun(id);
    expect(script?.lines.map(({ n, kind, text }) => [n, kind, text])).toEqual([
      [1, 'phase', 'Count'],
      [2, 'log', 'from 10'],
    ]);
  });
});
