import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { define, ended, output, startRun, statuses } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';

describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('a flow, %o', (options) => {
  let stack: Stack;
  let count = 0;

  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker(options);
  });
  afterAll(() => stack.close());

  const run = async (text: string, input: unknown = {}) => {
    const name = `flow${count++}`;
    await define(stack, 'flows', name, `name: ${name}\n${text}`);
    const id = await startRun(stack, name, { input });
    const end = await ended(stack, id);
    return { id, end, statuses: await statuses(stack, id), output: await output(stack, id) };
  };

  test('runs code in the order of needs, and gives its output and report', async () => {
    const {
      end,
      statuses: steps,
      output: sum,
      id,
    } = await run(
      `steps:
  - { id: a, kind: code, code: 'return input.n + 1' }
  - { id: b, kind: code, code: 'return input.n * 2' }
  - { id: c, kind: code, needs: [a, b], code: 'return results.a.output + results.b.output' }
output: results.c.output
report: "The sum is \${results.c.output}."
`,
      { n: 20 },
    );
    expect(end).toMatchObject({ status: 'completed', code: null, reason: null });
    expect(steps).toEqual({ a: 'completed', b: 'completed', c: 'completed' });
    expect(sum).toBe(61);
    expect((await stack.store.artifacts.read(id, 'report.md'))?.bytes.toString()).toBe('The sum is 61.');
  });

  test('a failed step fails the run, with its reason; what needs it is skipped', async () => {
    const { end, statuses: steps } = await run(`steps:
  - { id: a, kind: code, code: 'throw new Error("no luck")' }
  - { id: b, kind: code, needs: [a], code: 'return 1' }
  - { id: c, kind: code, code: 'return 1' }
`);
    expect(end).toMatchObject({ status: 'failed', code: 'run_failed' });
    expect(end.reason).toContain('a: ');
    expect(end.reason).toContain('no luck');
    expect(steps).toEqual({ a: 'failed', b: 'skipped', c: 'completed' });
  });

  test('a switch takes its first case; the other branches are excluded, the join that tolerates it runs', async () => {
    const { end, statuses: steps } = await run(
      `steps:
  - id: s
    kind: switch
    cases:
      - { when: 'input.n > 100', steps: [big] }
      - { when: 'input.n > 10', steps: [middle] }
    default: [small]
  - { id: big, kind: code, code: 'return 1' }
  - { id: afterBig, kind: code, needs: [big], code: 'return 1' }
  - { id: middle, kind: code, code: 'return 1' }
  - { id: small, kind: code, code: 'return 1' }
  - { id: join, kind: code, needs: [big, middle, small], trigger: none_failed, code: 'return results.middle.output' }
`,
      { n: 50 },
    );
    expect(end).toMatchObject({ status: 'completed' });
    expect(steps).toEqual({
      s: 'completed',
      big: 'excluded',
      afterBig: 'excluded',
      middle: 'completed',
      small: 'excluded',
      join: 'completed',
    });
  });

  test('maps over items, results in their order', async () => {
    const { end, output: doubled } = await run(
      `steps:
  - { id: m, kind: map, items: input.list, maxConcurrent: 3, code: 'return { index, double: item * 2 }' }
output: results.m.output
`,
      { list: [3, 1, 2, 5, 4] },
    );
    expect(end.status).toBe('completed');
    expect(doubled).toEqual([3, 1, 2, 5, 4].map((item, index) => ({ index, double: item * 2 })));
  });

  test('a batch group carries out its members', async () => {
    const { end, statuses: steps } = await run(`batches:
  g: { maxConcurrent: 2, join: 2 }
steps:
  - { id: a, kind: code, batch: g, code: 'return 1' }
  - { id: b, kind: code, batch: g, code: 'throw 1' }
  - { id: c, kind: code, batch: g, code: 'return 1' }
  - { id: d, kind: code, needs: [g], code: 'return 1' }
`);
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(steps).toEqual({ a: 'completed', b: 'failed', c: 'completed', d: 'completed' });
  });
});
