import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId } from '../contracts/ids.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { finished, runScript, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

describe('the limits of scripts', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack({ scriptAgents: 3 });
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  });
  afterAll(() => stack.close());

  const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 };
  const answer = (text: string): ScriptedStep => ({ reply: { text, usage } });
  const calls = (text: string): ScriptedStep => ({
    reply: { toolCalls: [{ name: 'list_files', arguments: {} }], text, usage },
  });

  test('a budget is hard: it counts all kinds of tokens, ends agents that run, and lets none start', async () => {
    stack.model.script([calls('looking'), calls('looking on')], 'spender');
    const { output, run } = await runScript(
      stack,
      `const first = await agent('spender', { retries: 0 });
       let refused;
       try { await agent('never asked') } catch (error) { refused = error.code }
       return { first, refused, spent: budget.spent(), total: budget.total };`,
      { budget: { tokens: 150 } },
    );
    // Its only agent failed, and what the script returned is kept.
    expect(run).toMatchObject({ status: 'failed', code: 'no_agent_ran', budget: { tokens: 150 } });
    expect(output).toEqual({ first: null, refused: 'budget_spent', spent: 200, total: 150 });
  });

  test('an agent has a budget of its own, and a number of tool calls', async () => {
    stack.model.script([calls('one')], 'own budget');
    stack.model.script([calls('one'), calls('two'), answer('enough')], 'few calls');
    const { output } = await runScript(
      stack,
      `return [
         await agent('own budget', { budget: { tokens: 50 }, retries: 0 }),
         await agent('few calls', { maxToolCalls: 1 }),
       ]`,
    );
    expect(output).toEqual([null, 'enough']);
    const last = stack.model.requests('few calls').at(-1)?.body.messages.at(-1);
    expect(last?.content).toContain('may make 1 tool calls');
  });

  test('over all runs no more agents at once than may be; who waits is shown, and goes on in order', async () => {
    for (const run of ['p', 'q']) {
      for (let n = 0; n < 4; n += 1) {
        stack.model.script([{ ...answer(`${run}${n}`), pauseAfter: { pieces: 0, gate: 'all' } }], `capped ${run}${n}.`);
      }
    }
    const script = (run: string) =>
      `return await parallel([0, 1, 2, 3].map((n) => () => agent('capped ${run}' + n + '.', { model: undefined })))`;
    const [p, q] = await Promise.all([startScriptOf(stack, script('p')), startScriptOf(stack, script('q'))]);
    const nodes = async () => [
      ...Object.values((await stack.api.getRun(p)).nodes),
      ...Object.values((await stack.api.getRun(q)).nodes),
    ];
    const waiting = await until('agents that wait for a place', async () => {
      const all = await nodes();
      const waits = all.filter(({ reason }) => reason?.startsWith('It waits for a place'));
      return all.filter(({ sessionId }) => sessionId !== null).length === 3 && waits.length > 0 && waits;
    });
    expect(waiting.every(({ status }) => status === 'pending')).toBe(true);
    stack.model.open('all');
    expect((await finished(stack, p)).output).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect((await finished(stack, q)).output).toEqual(['q0', 'q1', 'q2', 'q3']);
    const asked = stack.model.requests().filter(({ key }) => key?.startsWith('capped'));
    const moments = asked.flatMap(
      ({ startedAt, endedAt }) =>
        [
          [startedAt, 1],
          [endedAt ?? startedAt, -1],
        ] as const,
    );
    let running = 0;
    for (const [, change] of moments.toSorted(([a, i], [b, j]) => a - b || i - j)) {
      running += change;
      expect(running).toBeLessThanOrEqual(3);
    }
  });

  test('a single native call that nothing can interrupt ends its run, and no other', async () => {
    const hostile = await startScriptOf(
      stack,
      `const long = 'a'.repeat(4e6) + 'b'; let n = 0; for (let i = 0; i < 1e6; i++) n += long.indexOf('ab' + i); return n;`,
    );
    const healthy = await runScript(stack, 'await sleep(0.1); return 1');
    expect(healthy.output).toBe(1);
    expect((await finished(stack, hostile)).run).toMatchObject({ status: 'failed', code: 'script_stopped' });
  });

  test('a run whose workflow is ended from outside ends, and says so', async () => {
    const id = await startScriptOf(stack, 'await sleep(1000)');
    await until('the sleep', async () => Object.keys((await stack.api.getRun(id)).nodes).length > 0);
    await new Client({ connection: stack.connection }).workflow.getHandle(runWorkflowId(id)).terminate('by hand');
    expect((await finished(stack, id)).run).toMatchObject({
      status: 'failed',
      code: 'run_terminated',
      reason: 'Its workflow was ended from outside (terminated)',
    });
  });
});
