import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId } from '../contracts/ids.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { finished, rerunScript, runScript, startScript, startScriptOf, writeScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 };
const answer = (text: string): ScriptedStep => ({ reply: { text, usage } });
const held = (text: string, gate: string): ScriptedStep => ({ ...answer(text), pauseAfter: { pieces: 0, gate } });
const calls = (name: string, args: object = {}): ScriptedStep => ({
  reply: { toolCalls: [{ name, arguments: args }], text: 'looking', usage },
});

describe('the limits of runs', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack({ scriptRuns: 2, runDefaults: { budget: { tokens: 7000 } } });
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  });
  afterAll(() => stack.close());

  const queued = async (id: string) => (await stack.api.getRun(id)).run.queued;
  const agentsOf = async (id: string) =>
    Object.values((await stack.api.getRun(id)).nodes)
      .filter(({ kind }) => kind === 'agent')
      .toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
  const requestsOf = (key: string) => stack.model.requests(key).length;

  test('further runs are queued, in order; what is paused or cancelled gives its slot to the next', async () => {
    const names = ['q1', 'q2', 'q3', 'q4', 'q5'];
    for (const name of names) stack.model.script([held(name, name)], `queued ${name}.`);
    const ids: string[] = [];
    for (const name of names) ids.push(await startScriptOf(stack, `return await agent('queued ${name}.')`));
    const [one = '', two = '', three = '', four = '', five = ''] = ids;
    await until('two runs at work', () => requestsOf('queued q1.') + requestsOf('queued q2.') === 2);
    expect(await Promise.all(ids.map(queued))).toEqual([false, false, true, true, true]);
    await stack.api.cancelRun(four);
    expect((await finished(stack, four)).run).toMatchObject({ status: 'cancelled', queued: false });
    stack.model.open('q1');
    expect((await finished(stack, one)).output).toBe('q1');
    await until('the third', () => requestsOf('queued q3.') === 1);
    expect(await queued(five)).toBe(true);
    await stack.api.pauseRun(two);
    await until('the fifth', () => requestsOf('queued q5.') === 1);
    await stack.api.resumeRun(two);
    for (const name of names) stack.model.open(name);
    for (const id of [two, three, five]) expect((await finished(stack, id)).run.status).toBe('completed');
    expect(requestsOf('queued q4.')).toBe(0);
    expect((await stack.api.getRun(five)).run.queued).toBe(false);
  });

  test('a run that just waits for a person, and one that is ended from outside, free their slots too', async () => {
    const asking = await startScriptOf(stack, `return (await approve('Go on?')).approved`);
    const question = await until('the question', async () => (await stack.api.getRun(asking)).questions[0]);
    for (const name of ['w1', 'w2', 'w3']) stack.model.script([held(name, name)], `waiting ${name}.`);
    const start = (name: string) => startScriptOf(stack, `return await agent('waiting ${name}.')`);
    const [w1, w2, w3] = [await start('w1'), await start('w2'), await start('w3')];
    await until('two at work', () => requestsOf('waiting w1.') + requestsOf('waiting w2.') === 2);
    expect(await queued(w3)).toBe(true);
    await stack.gateway.terminate(runWorkflowId(w1), 'by the test');
    await until('the third', () => requestsOf('waiting w3.') === 1);
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    expect((await finished(stack, asking)).output).toBe(true);
    for (const name of ['w1', 'w2', 'w3']) stack.model.open(name);
    for (const id of [w2, w3]) expect((await finished(stack, id)).run.status).toBe('completed');
  });

  test('a run that takes too long ends, with what it paid for', async () => {
    stack.model.script([answer('paid')], 'in time');
    stack.model.script([held('late', 'never')], 'too late');
    await writeScript(stack, 'slow', `const paid = await agent('in time'); return [paid, await agent('too late')]`);
    const { id } = await stack.api.startRun({ script: 'slow', timeout: '6s' });
    const { run } = await finished(stack, id);
    expect(run).toMatchObject({ status: 'failed', code: 'run_timed_out' });
    expect(run.reason).toBe(
      'It took longer than 0.1 minutes. Give it more time (--timeout, limits.runMinutes), and re-run it: the results of its agents are used again',
    );
    const [paid, ...others] = (await agentsOf(id)).map(({ status }) => status);
    expect(paid).toBe('completed');
    expect(others).toEqual(others.map(() => 'cancelled'));
    stack.model.open('never');
    await writeScript(stack, 'slow', `return await agent('in time')`);
    expect((await rerunScript(stack, id)).output).toBe('paid');
    expect(requestsOf('in time')).toBe(1);
  });

  test('a budget of parallel() and of a phase is asked before each request', async () => {
    stack.model.script([calls('list_files'), calls('git_diff')], 'greedy');
    stack.model.script([answer('modest')], 'modest');
    stack.model.script([answer('after')], 'after all');
    const { output, run, id } = await runScript(
      stack,
      `const group = await parallel([() => agent('greedy', { retries: 0 })], { budget: 150 });
       phase('P', { budget: { tokens: 100 } });
       const one = await agent('modest');
       let code; try { await agent('never in this phase') } catch (error) { code = error.code }
       return { group, one, code, after: await agent('after all', { phase: 'Q' }) }`,
    );
    expect(run).toMatchObject({ status: 'completed', reason: null });
    expect(output).toEqual({ group: [null], one: 'modest', code: 'budget_spent', after: 'after' });
    const [greedy] = await agentsOf(id);
    expect(greedy).toMatchObject({ status: 'failed', code: 'budget_spent', attempt: 1 });
    expect(greedy?.reason).toContain('the budget of parallel() is spent: 200 of 150 tokens were used');
  });

  test('with reuse a fresh run uses what another one paid for, and only where all that decides it is the same', async () => {
    const shape = (names: string[]) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    });
    type Ask = { n: number; names?: string[]; more?: string; gives?: string };
    const ask = ({ n, names = ['a', 'b'], more = '' }: Ask) =>
      `() => agent('kept ${n}.', { schema: ${JSON.stringify(shape(names))}, label: '${n}' ${more} })`;
    /** `gives`: what the model answers; without it no request is expected. */
    const play = async (asks: Ask[], reuse: boolean | { ttl: string }) => {
      for (const { n, gives } of asks)
        if (gives) stack.model.script([calls('submit_result', { result: { a: gives } })], `kept ${n}.`);
      await writeScript(stack, 'again', `return await parallel([${asks.map(ask).join(', ')}])`);
      const { id } = await stack.api.startRun({ script: 'again', reuse });
      const { output, run } = await finished(stack, id);
      expect(run.reason).toBeNull();
      const said = (output as ({ a: string } | null)[]).map((one) => one?.a);
      return { id, said, from: (await agentsOf(id)).map(({ reusedFrom }) => reusedFrom) };
    };
    const numbers = [1, 2, 3, 4, 5, 6];
    const first = await play(
      numbers.map((n) => ({ n, gives: `first ${n}` })),
      false,
    );
    expect(first.from).toEqual(numbers.map(() => null));
    const second = await play(
      [
        { n: 1 },
        { n: 2, more: `, retries: 3, timeout: '1m', budget: 9000` },
        { n: 3, more: ', reuse: false', gives: 'never' },
        { n: 4, more: `, reuse: { ttl: '1ms' }`, gives: 'too old' },
        { n: 5, names: ['b', 'a'], gives: 'another order' },
        { n: 6, more: ', maxToolCalls: 9', gives: 'another option' },
      ],
      true,
    );
    expect(second.said).toEqual(['first 1', 'first 2', 'never', 'too old', 'another order', 'another option']);
    expect(second.from).toEqual([first.id, first.id, null, null, null, null]);
    // Not the run that used it last, but the one that paid.
    const third = await play([{ n: 1 }, { n: 3 }], { ttl: '1h' });
    expect(third).toMatchObject({ said: ['first 1', 'never'], from: [first.id, second.id] });
    const fourth = await play(
      [
        { n: 1, more: ', reuse: true' },
        { n: 2, gives: 'not asked for' },
      ],
      false,
    );
    expect(fourth).toMatchObject({ said: ['first 1', 'not asked for'], from: [first.id, null] });

    const { results } = await stack.api.listResults({ script: 'again' });
    expect(results).toHaveLength(11);
    expect(results[0]).toMatchObject({ label: '2', model: 'scripted', prompt: 'kept 2.', tokens: 100 });
    const page = await stack.api.listResults({ script: 'again', limit: 4 });
    const rest = await stack.api.listResults({ script: 'again', cursor: page.nextCursor ?? '' });
    expect([...page.results, ...rest.results]).toEqual(results);
    expect(await stack.api.clearResults({ script: 'again', olderThan: '1h' })).toEqual({ cleared: 0 });
    expect(await stack.api.clearResults({ script: 'again' })).toEqual({ cleared: 11 });
    expect((await stack.api.listResults({ script: 'again' })).results).toEqual([]);
    const last = await play([{ n: 1, gives: 'after it was cleared' }], true);
    await stack.api.clearResults();
    // It stays with its run: a re-run is of that run alone.
    expect((await rerunScript(stack, last.id)).output).toEqual([{ a: 'after it was cleared' }]);
  });

  test('what an agent ran or wrote is not taken as done, unless its call says so', async () => {
    const write = calls('write_file', { path: 'made.txt', content: 'x' });
    const play = async (more: string) => {
      await writeScript(stack, 'writes', `return await agent('writer', { label: 'w' ${more} })`);
      const { id } = await stack.api.startRun({ script: 'writes', reuse: true, allow: ['write'] });
      return { ...(await finished(stack, id)), from: (await agentsOf(id))[0]?.reusedFrom };
    };
    stack.model.script([write, answer('one')], 'writer');
    const first = await play('');
    stack.model.script([write, answer('two')], 'writer');
    expect(await play('')).toMatchObject({ output: 'two', from: null });
    expect(await play(', reuse: true')).toMatchObject({ output: 'two', from: expect.stringMatching(/^r_/) });
    expect(first.output).toBe('one');
  });

  test('a failure is never used again', async () => {
    stack.model.script([{ status: 400 }], 'fails once');
    const body = `return await agent('fails once', { retries: 0, reuse: true })`;
    expect((await runScript(stack, body, { allowEmpty: true })).output).toBeNull();
    stack.model.script([answer('well')], 'fails once');
    expect((await runScript(stack, body)).output).toBe('well');
  });

  test('a script within a script runs until its agents have ended, in the phase that called it', async () => {
    stack.model.script([held('inner', 'inner')], 'from within');
    await writeScript(stack, 'inner', `phase('Inside'); return await agent('from within')`);
    await writeScript(stack, 'breaks', `throw new Error('it broke')`);
    const id = await startScriptOf(
      stack,
      `phase('Outside'); const value = await workflow('inner');
       const broken = await workflow('breaks').catch((error) => error.message); return [value, broken]`,
    );
    const child = async (label: string) =>
      Object.values((await stack.api.getRun(id)).nodes).find((node) => node.label === label);
    await until('the agent of the inner one', () => requestsOf('from within') === 1);
    expect(await child('inner')).toMatchObject({
      kind: 'workflow',
      phase: 'Outside',
      status: 'running',
      endedAt: null,
    });
    stack.model.open('inner');
    expect((await finished(stack, id)).output).toEqual(['inner', 'it broke']);
    const ended = await child('inner');
    expect(ended).toMatchObject({ status: 'completed', ordinal: 0 });
    const [agent] = await agentsOf(id);
    expect(agent).toMatchObject({ phase: 'Inside', ordinal: 1 });
    expect(Date.parse(ended?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(agent?.endedAt ?? ''));
    expect(await child('breaks')).toMatchObject({ status: 'failed', reason: 'it broke', code: 'script_failed' });
  });

  test('a run that an agent starts has the default budget; who allows it sees how large it is', async () => {
    await writeScript(
      stack,
      'tiny',
      'if (args) await parallel(args.words.map((word) => () => agent(word))); return budget.total',
    );
    const { id: sessionId } = await stack.api.createSession({ workspace: stack.workspace });
    const words = Array.from({ length: 30 }, (_, n) => `word ${n}`);
    stack.model.script(
      [
        calls('run_script', { name: 'tiny', args: { words } }),
        calls('run_script', { name: 'tiny' }),
        answer('started'),
      ],
      'start tiny',
    );
    stack.model.script([answer('noted')], 'The script tiny');
    await stack.api.sendMessage(sessionId, { text: 'start tiny' });
    const asked = (about: RegExp) =>
      until(`the approval ${about.source}`, async () =>
        (await stack.api.listApprovals()).approvals.find((approval) => about.test(approval.about ?? '')),
      );
    const large = await asked(/^A large run: 30 agents \(large is more than 25\); roughly [\d,]+ tokens/);
    expect(large.shown).toContain(`\n${large.about}\n`);
    expect(large.about).toMatch(/by the average of the last \d+ agents of scripts\)\. Its budget is 7,000 tokens\.$/);
    await stack.api.answerApproval(large.id, { decision: 'deny' });
    const small = await asked(/^How many agents|^It starts no agents/);
    await stack.api.answerApproval(small.id, { decision: 'approve' });
    const run = await until('the run', async () =>
      (await stack.api.listRuns({ flow: 'tiny' })).runs.find(({ status }) => status === 'completed'),
    );
    expect(run.budget).toEqual({ tokens: 7000 });
    expect((await finished(stack, run.id)).output).toBe(7000);
  });

  test('a start by name has the defaults too', async () => {
    const { id } = await stack.api.startRun({ script: 'tiny', budget: { tokens: 9 } });
    expect((await finished(stack, id)).output).toBe(9);
    expect((await finished(stack, await startScript(stack, 'tiny'))).output).toBe(7000);
  });
});
