import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemWorkflowId, runWorkflowId, stepWorkflowId } from '../contracts/ids.ts';
import type { RunningWorker } from '../worker/worker.ts';
import { define, ended, output, startRun, statuses } from './support/runs.ts';
import { finished, runScript, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

describe('a parent whose child left no record', () => {
  let stack: Stack;
  let client: Client;
  let scripts: RunningWorker;
  beforeAll(async () => {
    stack = await openStack();
    client = new Client({ connection: stack.connection });
    await stack.startWorker();
    scripts = await stack.startScriptWorker();
  });
  afterAll(() => stack.close());

  const terminate = (workflowId: string) => client.workflow.getHandle(workflowId).terminate('by hand');
  const nodesOf = async (id: string) => Object.values((await stack.api.getRun(id)).nodes);
  /** As if the keepers had not looked for a while. */
  const lookAgain = () => stack.store.database.query("UPDATE runs SET watched_at = now() - interval '1 min'");

  test('a worktree outside git: agent() gives null, and the run ends', async () => {
    const { run, output: result } = await runScript(
      stack,
      "return [await agent('alone', { isolation: 'worktree', retries: 1 }), (await parallel([() => agent('b', { isolation: 'worktree' })]))[0]];",
    );
    expect(run).toMatchObject({ status: 'failed', code: 'no_agent_ran' });
    expect(result).toEqual([null, null]);
    for (const node of await nodesOf(run.id))
      expect(node).toMatchObject({
        status: 'failed',
        code: 'workspace_invalid',
        reason: expect.stringMatching(/Cannot give the agent a worktree.*not in the work tree of a git repository/),
      });
  });

  test('a step that is ended from outside has an end, and what follows it reads why', async () => {
    const key = randomUUID();
    stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'never' } }], key);
    await define(
      stack,
      'flows',
      'lost',
      `name: lost
steps:
  - { id: one, kind: agent, prompt: ${key} }
  - { id: two, kind: code, needs: [one], trigger: all_done, code: 'return (results.one ?? {}).error' }
output: results.two.output
`,
    );
    const id = await startRun(stack, 'lost');
    await stack.model.reached(key);
    await terminate(stepWorkflowId(id, 'one'));
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(await statuses(stack, id)).toEqual({ one: 'cancelled', two: 'completed' });
    expect(await output(stack, id)).toMatch(/ended from outside/);
    stack.model.open(key);
  });

  test('so has an item, and the step that maps counts it', async () => {
    const key = randomUUID();
    stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'never' } }], `${key} a`);
    stack.model.script([{ reply: { text: 'B' } }], `${key} b`);
    await define(
      stack,
      'flows',
      'lost-item',
      `name: lost-item
steps:
  - { id: each, kind: map, items: '["a", "b"]', prompt: '${key} \${item}', join: all_settled }
  - { id: after, kind: code, needs: [each], code: 'return results.each.output' }
output: results.after.output
`,
    );
    const id = await startRun(stack, 'lost-item');
    await stack.model.reached(key);
    await terminate(itemWorkflowId(id, 'each', 0));
    expect(await ended(stack, id)).toMatchObject({ status: 'completed', reason: null });
    expect(await output(stack, id)).toEqual([null, 'B']);
    const { node } = await stack.api.getNode(id, 'each');
    expect(node).toMatchObject({ status: 'completed' });
    stack.model.open(key);
  });

  test('a flow within a flow whose workflow is ended from outside is ended, and its step says so', async () => {
    const key = randomUUID();
    stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'never' } }], key);
    await define(stack, 'flows', 'inner', `name: inner\nsteps:\n  - { id: one, kind: agent, prompt: ${key} }\n`);
    await define(stack, 'flows', 'outer', 'name: outer\nsteps:\n  - { id: call, kind: flow, flow: inner }\n');
    const id = await startRun(stack, 'outer');
    await stack.model.reached(key);
    const { node } = await stack.api.getNode(id, 'call');
    await terminate(runWorkflowId(node.childRun ?? ''));
    expect(await ended(stack, id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/ended from outside/),
    });
    expect(await stack.store.runs.find(node.childRun ?? '')).toMatchObject({
      status: 'failed',
      code: 'run_terminated',
    });
    stack.model.open(key);
  });

  test('cleaning up that fails takes nothing from a result', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: stack.workspace });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const command = { argv: ['mv', `${stack.workspace}/.git/objects`, `${stack.workspace}/.git/gone`] };
    stack.model.script(
      [{ reply: { toolCalls: [{ name: 'run_command', arguments: command }] } }, { reply: { text: 'broke it' } }],
      'break git',
    );
    const { run, output: result } = await runScript(
      stack,
      "return await agent('break git', { isolation: 'worktree', retries: 0 });",
      { allow: ['run'] },
    );
    expect(result).toBe('broke it');
    expect((await nodesOf(run.id))[0]).toMatchObject({
      status: 'completed',
      reason: expect.stringMatching(/Cannot tidy its worktree/),
    });
  });

  test('a run that cannot go on is cancelled all the same', async () => {
    const key = randomUUID();
    stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'never' } }], key);
    const id = await startScriptOf(stack, `return await agent('${key}')`);
    await stack.model.reached(key);
    await stack.store.database.query("UPDATE contents SET value = 'no JSON' WHERE run_id = $1", [id]);
    // The next worker has nothing in memory: it replays, from contents that cannot be read.
    await scripts.stop();
    await stack.startScriptWorker();
    await stack.api.cancelRun(id);
    await until('the end', async () => {
      await lookAgain();
      return (await stack.store.runs.find(id))?.status !== 'running';
    });
    expect((await finished(stack, id)).run).toMatchObject({
      status: 'cancelled',
      code: 'run_cancelled',
      reason: expect.stringMatching(/could not continue/),
    });
    await until('no workflow', async () => (await stack.gateway.workflowsOfRun(id)).length === 0, 30_000);
    stack.model.open(key);
  });
});
