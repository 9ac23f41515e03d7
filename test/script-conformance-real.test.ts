import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tailRun } from '../client/tail.ts';
import { stepWorkflowId } from '../contracts/ids.ts';
import type { RunDetail } from '../contracts/run-detail.ts';
import { reduceRun } from '../contracts/run-view.ts';
import type { RunStreamEvent } from '../contracts/runs.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import {
  finished,
  rerunScript,
  runScript,
  startScript,
  startScriptOf,
  startWithLimit,
  writeScript,
} from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ models: ['scripted', 'second'] });
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
});
afterAll(() => stack.close());
afterEach(() => expect(stack.model.failures).toEqual([]));

const answer = (text: string): ScriptedStep => ({ reply: { text } });
const handIn = (result: unknown): ScriptedStep => ({
  reply: { toolCalls: [{ name: 'submit_result', arguments: { result } }] },
});
const gated = (text: string, gate: string): ScriptedStep => ({ ...answer(text), pauseAfter: { pieces: 0, gate } });
const nodesOf = async (id: string) =>
  Object.values((await stack.api.getRun(id)).nodes).toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
/** The keys of the requests that `work` makes, in alphabetical order. */
const asked = async <T>(work: () => Promise<T>): Promise<[T, (string | null)[]]> => {
  const before = stack.model.requests().length;
  const result = await work();
  const keys = stack.model.requests().slice(before);
  return [result, keys.map(({ key }) => key).sort()];
};

describe('the script format, with real agents', () => {
  test('schema: the result is the object, after a mismatch was answered with its faults', async () => {
    stack.model.script(
      [handIn({ n: 'one' }), { ...handIn({ n: 1 }), expect: { last: { content: /must be/ } } }],
      'count them',
    );
    const { output } = await runScript(
      stack,
      "return await agent('count them', { schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } })",
    );
    expect(output).toEqual({ n: 1 });
  });

  test('null when the provider refuses for good; the other agents go on', async () => {
    stack.model.script([{ status: 401, times: { min: 1, max: 20 } }], 'refused one');
    stack.model.script([answer('fine')], 'fine one');
    const { output } = await runScript(
      stack,
      "return await parallel([() => agent('refused one', { retries: 0, model: 'scripted' }), () => agent('fine one')])",
    );
    expect(output).toEqual([null, 'fine']);
  });

  test('null when a person skips the agent: its turn is cancelled', async () => {
    stack.model.script([gated('never', 'skip')], 'skip me');
    const id = await startScriptOf(stack, "return [await agent('skip me', { retries: 0 })]");
    await stack.model.reached('skip');
    const [node] = await nodesOf(id);
    await stack.api.cancelTurn(node?.sessionId ?? '');
    expect((await finished(stack, id)).output).toEqual([null]);
    stack.model.open('skip');
  });

  test('null when it takes longer than its timeout', async () => {
    stack.model.script([gated('never', 'slow')], 'too slow');
    const { output, id } = await runScript(stack, "return [await agent('too slow', { timeout: '1s', retries: 0 })]");
    expect(output).toEqual([null]);
    expect(await nodesOf(id)).toMatchObject([{ status: 'timed_out' }]);
    stack.model.open('slow');
  });

  test('model and effort reach the provider', async () => {
    stack.model.script([answer('ok')], 'with a model');
    await runScript(stack, "return await agent('with a model', { model: 'second', effort: 'low' })");
    const [request] = stack.model.requests('with a model');
    expect(JSON.parse(request?.raw ?? '')).toMatchObject({ model: 'second', reasoning_effort: 'low' });
  });

  test.each([
    {
      rule: 'an unknown agentType fails with the nearest',
      options: "{ agentType: 'defaul' + 't2' }",
      reason: /agent type "default2" not found. Available agents: default/,
    },
    {
      rule: 'an unknown agent fails',
      options: "{ agentType: 'defau' + 'tl' }",
      reason: /agent type "defautl" not found.*default/,
    },
    {
      rule: 'an unknown tool fails with the nearest',
      options: "{ tools: ['read_fil' + 'es'] }",
      reason: /there is no tool "read_files".*read_file/,
    },
    { rule: 'a wrong option fails with its field', options: "{ effort: 'mos' + 't' }", reason: /effort/ },
  ])('$rule', async ({ options, reason }) => {
    const { run } = await runScript(
      stack,
      `const options = ${options}; return await agent('never asked', { ...options })`,
    );
    expect(run).toMatchObject({ status: 'failed', code: 'script_failed' });
    expect(run.reason).toMatch(reason);
    expect(run.reason).toMatch(/\.js:2:\d+\)$/);
  });

  test('an unknown option is ignored', async () => {
    stack.model.script([answer('ok')], 'with a strange option');
    const body = "return await agent('with a strange option', { ['modle']: 'x' })";
    expect((await runScript(stack, body)).output).toBe('ok');
  });

  test('tools: an agent has those alone', async () => {
    stack.model.script([{ ...answer('ok'), expect: { tools: ['read_file'] } }], 'one tool');
    expect((await runScript(stack, "return await agent('one tool', { tools: ['read_file'] })")).output).toBe('ok');
  });

  test('a phase that meta.phases does not list is shown with its agents', async () => {
    stack.model.script([answer('ok')], 'unlisted phase');
    const { id } = await runScript(stack, "return await agent('unlisted phase', { phase: 'Unlisted' })");
    expect(await nodesOf(id)).toMatchObject([{ phase: 'Unlisted', status: 'completed' }]);
  });

  test('workflow() by name and by path gives a value, and shares the budget', async () => {
    await writeScript(
      stack,
      'shared',
      "await agent('shared asks ' + args); return { spent: budget.spent(), total: budget.total }",
    );
    const usage = { prompt_tokens: 30, completion_tokens: 10, total_tokens: 40 };
    stack.model.script([{ reply: { text: 'a', usage } }], 'shared asks 1');
    stack.model.script([{ reply: { text: 'b', usage } }], 'shared asks 2');
    const { output } = await runScript(
      stack,
      `const one = await workflow('shared', 1);
       const two = await workflow({ scriptPath: '.everturn/workflows/shared.js' }, 2);
       let last;
       try { await agent('over it') } catch (error) { last = error.code }
       return { one, two, spent: budget.spent(), last };`,
      { budget: { tokens: 80 } },
    );
    expect(output).toEqual({
      one: { spent: 40, total: 80 },
      two: { spent: 80, total: 80 },
      spent: 80,
      last: 'budget_spent',
    });
  });

  test('no more agents at once than its concurrency; the rest wait, and are shown', async () => {
    for (let n = 0; n < 5; n += 1) stack.model.script([gated(`${n}`, 'two')], `two at once ${n}.`);
    const id = await startScriptOf(
      stack,
      "return await parallel([0, 1, 2, 3, 4].map((n) => () => agent('two at once ' + n + '.')))",
      { concurrency: 2 },
    );
    await until('two that run and three that wait', async () => {
      const nodes = await nodesOf(id);
      return nodes.length === 5 && nodes.filter(({ status }) => status === 'pending').length >= 3;
    });
    stack.model.open('two');
    expect((await finished(stack, id)).output).toEqual(['0', '1', '2', '3', '4']);
    const moments = stack.model
      .requests()
      .filter(({ key }) => key?.startsWith('two at once'))
      .flatMap(({ startedAt, endedAt }) => [[startedAt, 1] as const, [endedAt ?? startedAt, -1] as const])
      .toSorted(([a, i], [b, j]) => a - b || i - j);
    let running = 0;
    for (const [, change] of moments) {
      running += change;
      expect(running).toBeLessThanOrEqual(2);
    }
  });

  test('siblings wait for the first one that begins to answer, so that the cache serves them', async () => {
    for (let n = 0; n < 3; n += 1)
      stack.model.script([n === 0 ? gated('0', 'first') : answer(`${n}`)], `sibling ${n}.`);
    const id = await startScriptOf(
      stack,
      "return await parallel([0, 1, 2].map((n) => () => agent('sibling ' + n + '.')))",
    );
    await stack.model.reached('first');
    stack.model.open('first');
    expect((await finished(stack, id)).output).toEqual(['0', '1', '2']);
    const began = stack.model.requests('sibling 0.')[0]?.firstPieceAt ?? Number.POSITIVE_INFINITY;
    for (const n of [1, 2]) expect(stack.model.requests(`sibling ${n}.`)[0]?.startedAt).toBeGreaterThanOrEqual(began);
  });

  test('an agent of a script has the permissions of its run, and starts no scripts', async () => {
    const write = { name: 'write_file', arguments: { path: 'made.txt', content: 'x' } };
    const start = { name: 'run_script', arguments: { name: 'shared' } };
    stack.model.script(
      [
        { reply: { toolCalls: [write, start] } },
        { ...answer('done'), expect: { last: { content: /starts no scripts/ } } },
      ],
      'write and start',
    );
    const { output } = await runScript(stack, "return await agent('write and start')", { allow: ['write', 'run'] });
    expect(output).toBe('done');
  });

  test('a run keeps the source and the arguments it was started with, and says when the file is another', async () => {
    await writeScript(stack, 'kept', 'return args');
    const id = await startScript(stack, 'kept', { args: { a: [1] } });
    await finished(stack, id);
    expect(await stack.api.getRunSource(id)).toMatchObject({
      input: { a: [1] },
      current: expect.stringContaining('\nreturn args'),
    });
    await writeScript(stack, 'kept', 'return [args]');
    expect(await stack.api.getRunSource(id)).toMatchObject({
      source: expect.stringContaining('\nreturn args'),
      current: expect.stringContaining('\nreturn [args]'),
    });
    expect((await rerunScript(stack, id)).output).toEqual([{ a: [1] }]);
  });

  test('the file of a run that was started by its path is found again', async () => {
    const source = "export const meta = { name: 'by-path', description: 'Lies in no folder of scripts' };\nreturn 1;\n";
    await writeFile(path.join(stack.workspace, 'by-path.js'), source);
    const { id } = await stack.api.startRun({ script: './by-path.js', workspace: stack.workspace });
    await finished(stack, id);
    expect(await stack.api.getRunSource(id)).toMatchObject({ source, current: source });
  });

  test('an unknown run is an error, not a fresh start', async () => {
    await expect(stack.api.rerun('r_000000000000000000000000')).rejects.toMatchObject({ code: 'run_not_found' });
  });

  test('a run is not run again while it runs', async () => {
    const id = await startScriptOf(stack, 'await sleep(1000)');
    await expect(stack.api.rerun(id)).rejects.toMatchObject({ code: 'run_active' });
    await stack.api.cancelRun(id);
  });

  test('an artifact costs no agent', async () => {
    const { run } = await runScript(stack, "await artifact('state.json', { round: 1 }); return 1");
    expect(run.status).toBe('completed');
    const kept = await stack.api.readArtifact(run.id, 'state.json');
    expect(JSON.parse(await kept.text())).toEqual({ round: 1 });
  });
});

describe('failures of others', () => {
  const words = Array.from({ length: 12 }, (_, n) => `w${n}`);

  test('#76907: one early failure of a fan-out: a re-run runs that one alone', async () => {
    const body = `return await parallel(${JSON.stringify(words)}.map((word) => () => agent('early ' + word + '.', { retries: 0, model: 'scripted' })))`;
    await writeScript(stack, 'early', body);
    for (const word of words) {
      stack.model.script(word === 'w0' ? [{ status: 401 }] : [answer(word)], `early ${word}.`);
    }
    const first = await finished(stack, await startScript(stack, 'early'));
    expect(first.output).toEqual(words.map((word) => (word === 'w0' ? null : word)));
    stack.model.script([answer('w0')], 'early w0.');
    const [second, keys] = await asked(() => rerunScript(stack, first.id));
    expect(second.output).toEqual(words);
    expect(keys).toEqual(['early w0.']);
  });

  test('#95076: the order in which a fan-out happened to start and end makes no difference', async () => {
    await writeScript(
      stack,
      'racing',
      "return await pipeline(['a', 'b', 'c'], (x) => agent('racing one ' + x + '.'), (prev) => agent('racing two ' + prev + '.'))",
    );
    for (const word of ['a', 'b', 'c']) {
      stack.model.script([gated(word, `race ${word}`)], `racing one ${word}.`);
      stack.model.script([answer(word.toUpperCase())], `racing two ${word}.`);
    }
    const id = await startScript(stack, 'racing');
    await stack.model.reached('race a');
    // The last one ends first, so that the second stage starts in another order than the first.
    for (const word of ['a', 'c', 'b']) {
      stack.model.open(`race ${word}`);
      await until(`the second stage of ${word}`, () => stack.model.requests(`racing two ${word}.`).length > 0);
    }
    const first = await finished(stack, id);
    expect(first.output).toEqual(['A', 'B', 'C']);
    const [second, keys] = await asked(() => rerunScript(stack, id));
    expect([second.output, keys]).toEqual([['A', 'B', 'C'], []]);
  });

  test('#74599: a new agent at the head of a fan-out runs alone', async () => {
    const body = (list: string[]) =>
      `return await parallel(${JSON.stringify(list)}.map((word) => () => agent('head ' + word + '.')))`;
    await writeScript(stack, 'head', body(['b', 'c']));
    for (const word of ['a', 'b', 'c']) stack.model.script([answer(word)], `head ${word}.`);
    const first = await finished(stack, await startScript(stack, 'head'));
    await writeScript(stack, 'head', body(['a', 'b', 'c']));
    const [second, keys] = await asked(() => rerunScript(stack, first.id));
    expect([second.output, keys]).toEqual([['a', 'b', 'c'], ['head a.']]);
  });

  test('#65796: a run that was cut into several executions is used again like any other', async () => {
    for (let n = 0; n < 8; n += 1) stack.model.script([answer(`${n}`)], `compact ${n}.`);
    const id = await startWithLimit(
      stack,
      40,
      "const all = []; for (let n = 0; n < 8; n++) all.push(await agent('compact ' + n + '.')); return all",
    );
    const first = await finished(stack, id);
    expect(first.output).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    const [second, keys] = await asked(() => rerunScript(stack, id));
    expect([second.output, keys]).toEqual([first.output, []]);
  });

  test('#72295: stopped, then run again: what had ended is not asked again', async () => {
    stack.model.script([answer('done')], 'stopped one');
    stack.model.script([gated('late', 'stopped'), answer('again')], 'stopped two');
    await writeScript(stack, 'stopped', "return [await agent('stopped one'), await agent('stopped two')]");
    const id = await startScript(stack, 'stopped');
    await stack.model.reached('stopped');
    await stack.api.cancelRun(id);
    expect((await finished(stack, id)).run.status).toBe('cancelled');
    stack.model.open('stopped');
    const [second, keys] = await asked(() => rerunScript(stack, id));
    expect([second.output, keys]).toEqual([['done', expect.any(String)], ['stopped two']]);
  });

  test('#72295: paused, then resumed: nothing is asked twice', async () => {
    stack.model.script([gated('one', 'pausing')], 'pausing one');
    stack.model.script([answer('two')], 'pausing two');
    const id = await startScriptOf(stack, "return [await agent('pausing one'), await agent('pausing two')]");
    await stack.model.reached('pausing');
    await stack.api.pauseRun(id);
    stack.model.open('pausing');
    await until('the second call', async () => (await nodesOf(id)).length === 2);
    await stack.api.resumeRun(id);
    expect((await finished(stack, id)).output).toEqual(['one', 'two']);
    expect(stack.model.requests('pausing one')).toHaveLength(1);
  });

  test('#67524: an agent that is killed from outside is heard of: the script goes on', async () => {
    stack.model.script([gated('never', 'killed')], 'killed one');
    const id = await startScriptOf(stack, "return [await agent('killed one', { retries: 0 })]");
    await stack.model.reached('killed');
    const [node] = await nodesOf(id);
    const { workflow } = new Client({ connection: stack.connection });
    await workflow.getHandle(stepWorkflowId(id, node?.step ?? '')).terminate('by hand');
    expect((await finished(stack, id)).output).toEqual([null]);
    expect(await nodesOf(id)).toMatchObject([
      { status: 'failed', reason: expect.stringMatching(/ended from outside/) },
    ]);
    stack.model.open('killed');
  });

  test('#74334: a run is listed, read, paused, resumed and cancelled from outside, by its id', async () => {
    const id = await startScriptOf(stack, "phase('Wait'); log('waits'); await sleep(1000)");
    const waiting = await until('the sleep', async () => {
      const run = await stack.api.getRun(id);
      return Object.keys(run.nodes).length > 0 && (run.script?.lines.length ?? 0) > 1 && run;
    });
    expect(waiting.script?.lines.map(({ text }) => text)).toEqual(['Wait', 'waits']);
    expect((await stack.api.listRuns({ status: 'running' })).runs.map((run) => run.id)).toContain(id);
    expect(await stack.api.pauseRun(id)).toMatchObject({ paused: true });
    expect(await stack.api.resumeRun(id)).toMatchObject({ paused: false });
    await stack.api.cancelRun(id);
    expect((await finished(stack, id)).run).toMatchObject({ status: 'cancelled', code: 'run_cancelled' });
  });

  test('sdk-python#1890: 40 prompts of 100 KB in one fan-out do not pass through Temporal', async () => {
    for (let n = 0; n < 40; n += 1) stack.model.script([answer(`${n}`)], `large ${n}.`);
    const { output, run } = await runScript(
      stack,
      "return (await parallel(Array.from({ length: 40 }, (_, n) => () => agent('large ' + n + '. ' + 'x'.repeat(100_000))))).length",
    );
    expect(run).toMatchObject({ status: 'completed', reason: null });
    expect(output).toBe(40);
  });

  test('vercel/workflow#1835, ai#19088: from every position of the stream the rest makes the same whole', async () => {
    for (const n of [1, 2, 3]) stack.model.script([answer(`${n}`)], `cursor ${n}.`);
    const id = await startScriptOf(
      stack,
      "phase('P'); log('begins'); const all = await parallel([1, 2, 3].map((n) => () => agent('cursor ' + n + '.'))); log('ends'); return all",
    );
    const follow = async (after?: number) => {
      const stop = new AbortController();
      const snapshots: RunDetail[] = [];
      const events: RunStreamEvent[] = [];
      await tailRun(stack.api, id, {
        ...(after === undefined ? {} : { after }),
        signal: stop.signal,
        onSnapshot: (snapshot) => {
          snapshots.push(snapshot);
          if (snapshot.run.status !== 'running') stop.abort();
        },
        onEvent: (event) => {
          events.push(event);
          if (event.event.type === 'run.settled') stop.abort();
        },
      });
      return { snapshots, events };
    };
    const { snapshots, events } = await follow();
    const [begun] = snapshots;
    if (!begun) throw new Error('There was no snapshot');
    await finished(stack, id);
    const { nodes, script, run } = await stack.api.getRun(id);
    expect(events.reduce(reduceRun, begun)).toMatchObject({ nodes, script, run });
    for (const { position } of events.slice(0, -1)) {
      const upTo = events.filter((event) => event.position <= position).reduce(reduceRun, begun);
      const rest = await follow(position);
      expect(rest.snapshots).toEqual([]);
      expect(rest.events.reduce(reduceRun, upTo)).toMatchObject({ nodes, script, run });
    }
  });

  test('a text as args, and an object as args, both work with a line that takes either', async () => {
    const body = "const given = typeof args === 'string' ? JSON.parse(args) : args; return given.a";
    expect((await runScript(stack, body, { args: { a: 1 } })).output).toBe(1);
    expect((await runScript(stack, body, { args: '{"a":1}' })).output).toBe(1);
  });

  test('keys of the environment do not reach the commands of a script, unless they are declared', async () => {
    process.env.EVERTURN_TEST_CANARY = 'canary';
    await writeFile(path.join(stack.workspace, 'print.sh'), 'echo "got:$EVERTURN_TEST_CANARY."\n');
    const { output } = await runScript(stack, "return await tool('run_command', { argv: ['sh', 'print.sh'] })", {
      allow: ['run'],
    });
    delete process.env.EVERTURN_TEST_CANARY;
    expect(output).toContain('got:.');
  });
});
