import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId } from '../contracts/ids.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { finished, runScript, startScriptOf, writeScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const run = promisify(execFile);

describe('scripts under control', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  });
  afterAll(() => stack.close());

  const answer = (text: string): ScriptedStep => ({ reply: { text } });
  const nodesOf = async (id: string) => Object.values((await stack.api.getRun(id)).nodes);

  test('a script within a script: its value, its phases, one level deep, sharing the budget', async () => {
    await writeScript(
      stack,
      'inner',
      "phase('Inside'); return { got: args, said: await agent('inner asks'), meta: meta.name };",
    );
    await writeScript(stack, 'outer', "return await workflow('inner', 1);");
    const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 };
    stack.model.script([{ reply: { text: 'inner says', usage } }], 'inner asks');
    const { output, run: end } = await runScript(
      stack,
      `const inner = await workflow('inner', { n: 1 });
       let unknown, deep;
       try { await workflow('inn' + 'e') } catch (error) { unknown = error.message }
       try { await workflow('outer') } catch (error) { deep = error.code }
       return { inner, unknown, deep, spent: budget.spent() };`,
    );
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(output).toMatchObject({
      inner: { got: { n: 1 }, said: 'inner says', meta: 'inner' },
      unknown: expect.stringContaining('inner'),
      deep: 'script_limit',
      spent: 100,
    });
  });

  test('paused, it starts no agent; resumed, it goes on', async () => {
    stack.model.script([{ ...answer('first'), pauseAfter: { pieces: 0, gate: 'first' } }], 'paused first');
    stack.model.script([answer('second')], 'paused second');
    const id = await startScriptOf(stack, "return [await agent('paused first'), await agent('paused second')]");
    await stack.model.reached('first');
    await stack.api.pauseRun(id);
    stack.model.open('first');
    await until('the second call', async () => (await nodesOf(id)).length === 2);
    expect((await stack.api.getRun(id)).run).toMatchObject({ status: 'running', paused: true });
    expect(stack.model.requests('paused second')).toEqual([]);
    await stack.api.resumeRun(id);
    expect((await finished(stack, id)).output).toEqual(['first', 'second']);
  });

  test('cancelled, it ends every agent and every process', async () => {
    const started = path.join(stack.workspace, 'started');
    const command = { argv: ['sh', '-c', `echo $$ > ${started}; sleep 1000`], seconds: 1000 };
    stack.model.script([{ reply: { toolCalls: [{ name: 'run_command', arguments: command }] } }], 'cancelled a');
    stack.model.script([{ ...answer('b'), pauseAfter: { pieces: 0, gate: 'never' } }], 'cancelled b');
    const id = await startScriptOf(
      stack,
      "return await parallel([() => agent('cancelled a'), () => agent('cancelled b', { phase: 'p' }), () => sleep(1000)])",
      { allow: ['run'] },
    );
    const pid = await until('the process', async () => existsSync(started) && (await readFile(started, 'utf8')).trim());
    await stack.model.reached('never');
    await stack.api.cancelRun(id);
    const { run: end } = await finished(stack, id);
    expect(end).toMatchObject({ status: 'cancelled', code: 'run_cancelled' });
    expect((await nodesOf(id)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await until('the end of the process', async () => !existsSync(`/proc/${pid}`));
    stack.model.open('never');
  });

  test('an agent that nobody awaits ends with its script', async () => {
    stack.model.script([{ ...answer('late'), pauseAfter: { pieces: 0, gate: 'late' } }], 'forgotten');
    const { id, output } = await runScript(
      stack,
      "const kept = [agent('forgotten')]; await sleep(0.5); return kept.length;",
    );
    expect(output).toBe(1);
    expect((await nodesOf(id)).map(({ kind, status }) => [kind, status])).toContainEqual(['agent', 'cancelled']);
    stack.model.open('late');
  });

  test('with a worktree of its own an agent changes nothing of the workspace; it is kept only if it changed', async () => {
    const git = (...args: string[]) =>
      run('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: stack.workspace });
    await git('init', '-q');
    await writeFile(path.join(stack.workspace, 'a.txt'), 'before');
    await git('add', 'a.txt');
    await git('commit', '-qm', 'first');
    const edit = { path: 'a.txt', content: 'after' };
    stack.model.script(
      [{ reply: { toolCalls: [{ name: 'write_file', arguments: edit }] } }, answer('changed')],
      'tree writes',
    );
    stack.model.script([answer('looked')], 'tree reads');
    const { id, output } = await runScript(
      stack,
      `return await parallel(['tree writes', 'tree reads'].map((prompt) => () => agent(prompt, { isolation: 'worktree' })))`,
      { allow: ['write'] },
    );
    expect(output).toEqual(['changed', 'looked']);
    expect(await readFile(path.join(stack.workspace, 'a.txt'), 'utf8')).toBe('before');
    const nodes = (await nodesOf(id)).toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
    const kept = /kept at (.*)$/.exec(nodes[0]?.reason ?? '')?.[1] ?? '';
    expect(await readFile(path.join(kept, 'a.txt'), 'utf8')).toBe('after');
    expect(nodes[1]?.reason).toBeNull();
    expect((await git('worktree', 'list')).stdout.trim().split('\n')).toHaveLength(2);
  });

  test('an agent writes a script and starts it, with approval; its result comes as a message', async () => {
    const source =
      "export const meta = { name: 'made', description: 'Made by an agent' };\nreturn await agent('made asks ' + args);";
    const call = { name: 'run_script', arguments: { name: 'made', script: source, args: 'x' } };
    stack.model.script(
      [
        { reply: { toolCalls: [call] } },
        { expect: { last: { content: /^Started made as run r_/ } }, reply: { text: 'It runs.' } },
        { expect: { last: { content: 'has completed' } }, reply: { text: 'It has ended.' } },
      ],
      'make a script',
    );
    stack.model.script([answer('made says')], 'made asks x');
    const session = await stack.api.createSession({ workspace: stack.workspace });
    await stack.api.sendMessage(session.id, { text: 'make a script' });
    const approval = await until('the approval', async () => (await stack.api.listApprovals()).approvals[0]);
    expect(approval).toMatchObject({ tool: 'run_script' });
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { turns } = await until('the second turn', async () => {
      const { session: now } = await stack.api.getSession(session.id);
      return now.turns === 2 && now.status === 'idle' && now;
    });
    expect(turns).toBe(2);
    expect(await readFile(path.join(stack.workspace, '.everturn', 'workflows', 'made.js'), 'utf8')).toBe(source);
    expect(stack.model.failures).toEqual([]);
  });

  test('an agent hears of the script that it started when somebody ends its workflow from outside, too', async () => {
    await writeScript(stack, 'endless', 'await sleep(3600);');
    stack.model.script(
      [
        { reply: { toolCalls: [{ name: 'run_script', arguments: { name: 'endless' } }] } },
        answer('It runs.'),
        { expect: { last: { content: /endless \(run r_\w+\) was failed: Its workflow was ended/ } }, ...answer('Oh.') },
      ],
      'start the endless one',
    );
    const session = await stack.api.createSession({ workspace: stack.workspace, allow: ['run', 'write'] });
    await stack.api.sendMessage(session.id, { text: 'start the endless one' });
    const started = await until('the run', async () =>
      (await stack.api.listRuns({})).runs.find((r) => r.name === 'endless'),
    );
    await until('its workflow', async () => (await nodesOf(started.id)).some(({ status }) => status === 'running'));
    await new Client({ connection: stack.connection }).workflow
      .getHandle(runWorkflowId(started.id))
      .terminate('by an operator');
    await until('the second turn', async () => {
      const { session: now } = await stack.api.getSession(session.id);
      return now.turns === 2 && now.status === 'idle';
    });
    expect(stack.model.failures).toEqual([]);
  });
});
