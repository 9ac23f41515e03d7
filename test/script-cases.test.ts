import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptedStep } from './support/scripted-model.ts';
import { finished, rerunScript, runScript, startScript, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

/** Scripts as others write them: each showed a fault. */
const folder = path.join(import.meta.dirname, 'script-cases');

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ models: ['scripted', 'second'], aliases: { opus: 'second' } });
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  const workflows = path.join(stack.workspace, '.claude', 'workflows');
  await mkdir(workflows, { recursive: true });
  for (const name of await readdir(folder))
    await writeFile(path.join(workflows, name), await readFile(path.join(folder, name)));
  await agentFile(
    'builder',
    '---\nname: builder\ntools: Read, Bash(npm test), NoSuch\nmodel: sonnet\ncolor: blue\n---\nYou build.',
  );
  await agentFile('broken', '---\nname: broken\ndescription: nothing below\n---\n');
});
afterAll(() => stack.close());

const agentFile = async (name: string, text: string): Promise<void> => {
  const agents = path.join(stack.workspace, '.claude', 'agents');
  await mkdir(agents, { recursive: true });
  await writeFile(path.join(agents, `${name}.md`), text);
};
const answer = (text: string): ScriptedStep => ({ reply: { text } });
const run = async (name: string, options = {}) => await finished(stack, await startScript(stack, name, options));
const checked = (name: string) => {
  const found = stack.definitions.scripts().find((script) => script.name === name);
  return {
    faults: found?.faults.map(({ message }) => message),
    warnings: found?.warnings.map(({ message }) => message),
  };
};

describe('scripts of others run as they are', () => {
  test('builtin-agent-type: the agent is there, and only reads', async () => {
    stack.model.script([answer('In main.js')], 'entry point');
    expect(checked('builtin-agent-type')).toEqual({ faults: [], warnings: [] });
    const { output, run: ended } = await run('builtin-agent-type');
    expect(output).toBe('In main.js');
    expect(ended.warnings).toEqual([]);
    const tools = stack.model.requests('entry point')[0]?.body.tools?.map((tool) => tool.function.name);
    expect(tools).toContain('search_files');
    for (const writing of ['write_file', 'edit_file', 'run_command', 'spawn_subagent', 'run_script'])
      expect(tools).not.toContain(writing);
  });

  test('plugin-agent-type: crew:builder is builder, with its tools and a warning for what is not here', async () => {
    stack.model.script([answer('Built')], 'Implement the task');
    const { faults, warnings } = checked('plugin-agent-type');
    expect(faults).toEqual([]);
    expect(warnings?.join('\n')).toMatch(/builder\.md:5:1 color the field "color" is ignored/);
    expect(warnings?.join('\n')).toMatch(/there is no tool "NoSuch" here/);
    expect(warnings?.join('\n')).toMatch(/the model "sonnet" is not configured, so the default "scripted" is used/);
    const { output, run: ended } = await run('plugin-agent-type');
    expect(output).toBe('Built');
    expect(ended.warnings).toEqual([expect.stringMatching(/^Agent builder: the model "sonnet" is not configured/)]);
    const [request] = stack.model.requests('Implement the task');
    expect(request?.body.tools?.map((tool) => tool.function.name)).toEqual(['read_file', 'run_command']);
    expect(request?.body.messages[0]?.content).toContain('You build.');
  });

  test('a faulty agent is told with its file, line and reason, by check and by the run', async () => {
    const id = await startScriptOf(stack, "return await agent('x', { agentType: ['bro', 'ken'].join('') })");
    const { run: ended } = await finished(stack, id);
    expect(ended).toMatchObject({ status: 'failed', code: 'script_failed' });
    expect(ended.reason).toMatch(/broken\.md:\d+:1 no text below the front matter/);
  });

  test('model-alias: an unknown model means the default, with one warning; an alias means its model', async () => {
    stack.model.script([answer('A')], 'Look at a');
    stack.model.script([answer('B')], 'Look at b');
    const { faults, warnings } = checked('model-alias');
    expect(faults).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/the model "haiku" is not configured, so the default "scripted"/)]);
    const { output, run: ended } = await run('model-alias');
    expect(output).toEqual({ found: ['A', 'B'] });
    expect(ended.warnings).toEqual([expect.stringMatching(/^agent\(\): the model "haiku" is not configured/)]);
    stack.model.script([answer('C')], 'with an alias');
    const aliased = await runScript(stack, "return await agent('with an alias', { model: 'opus' })");
    expect(aliased.run.warnings).toEqual([]);
    expect(stack.model.requests('with an alias')[0]?.body.model).toBe('second');
  });

  test('function-in-result: a function drops out of the result, as JSON drops it, and the log says so', async () => {
    stack.model.script([answer('seen')], 'Look at it');
    const { id, output } = await run('function-in-result');
    expect(output).toEqual([{ key: 'a', text: 'seen' }]);
    const { script } = await stack.api.getRun(id);
    expect(script?.lines.map(({ text }) => text)).toEqual([
      'The result leaves out what JSON cannot hold: a function at [0].ask',
    ]);
  });

  test('locale', async () => {
    expect((await run('locale')).output).toEqual(['1,234,567', 'a,b,C', 'a2,a10']);
  });

  test('schema-invalid-at-run-time: agent() throws at once, with the path', async () => {
    const { run: ended } = await run('schema-invalid-at-run-time');
    expect(ended).toMatchObject({ status: 'failed', code: 'script_failed' });
    expect(ended.reason).toMatch(/schema\.properties\.a\.required/);
    expect(stack.model.requests('Hand in a')).toEqual([]);
  });

  test('schema-never-fits: the agent ends after five results that do not fit, and the run fails', async () => {
    const refused = { reply: { toolCalls: [{ name: 'submit_result', arguments: { result: { a: 5 } } }] } };
    stack.model.script(
      Array.from({ length: 5 }, () => refused),
      'Stubborn one',
    );
    const { id, run: ended, output } = await run('schema-never-fits');
    const requests = stack.model.requests('Stubborn one').length;
    expect(requests).toBe(5);
    const { input } = (await stack.api.getRun(id)).usage;
    expect(input).toBeLessThan(50_000);
    console.log(
      `A model that never fits its schema: ${requests} requests and ${input.toLocaleString('en')} input tokens an attempt; before refusals were counted, 200 and 2,100,000`,
    );
    expect(ended).toMatchObject({ status: 'failed', code: 'no_agent_ran' });
    expect(ended.reason).toMatch(/^0 of 1 agents ran: agent\(\): .*result\.a/s);
    expect(output).toBeNull();
  });

  test('host-destructured: a default function that names what it needs is given it, and is checked', async () => {
    stack.model.script([answer('two')], 'north doors');
    stack.model.script([answer('three')], 'south doors');
    expect(checked('host-destructured')).toEqual({ faults: [], warnings: [] });
    expect((await run('host-destructured')).output).toEqual({ found: ['two', 'three'] });
  });

  test('agent-type-fallback: the error of an unknown agent has the words that scripts look for', async () => {
    stack.model.script([answer('Read')], 'Read the ledger');
    const { id, output } = await run('agent-type-fallback');
    expect(output).toBe('Read');
    const [line] = (await stack.api.getRun(id)).script?.lines ?? [];
    expect(line?.text).toMatch(/^crew:watcher is missing: agent\(\): agent type "crew:watcher" not found\. /);
    expect(line?.text).toMatch(/Available agents: .*builder/);
  });

  test('calls-its-neighbour: a path from the folder of the script; the error of a script that is not there', async () => {
    expect((await run('calls-its-neighbour')).output).toEqual({
      found: { doors: 2, isLimited: true, timers: 'undefined' },
      other: 'left out',
    });
  });

  test('pool-by-hand: slots, locks and races of promises; names of the host declared again', async () => {
    for (const name of ['a', 'b', 'c', 'e']) stack.model.script([answer(name.toUpperCase())], `Do ${name}`);
    expect((await run('pool-by-hand')).output).toEqual({
      done: ['A', 'B', 'C', { failed: 'd is refused' }, 'E'],
      order: ['a', 'b', 'c', 'e'],
      first: expect.any(String),
    });
  });

  test('newer-language', async () => {
    expect(checked('newer-language')).toEqual({ faults: [], warnings: [] });
    expect((await run('newer-language', { allowEmpty: true })).output).toEqual({
      byKind: { a: 2, b: 1 },
      later: 'later',
      counter: [3, 1],
      sum: 10,
      lines: ['one', 'two'],
      found: { major: '12', minor: '3', tag: 'beta' },
      titled: 'Ab Cd',
      sorted: [1, 2, 3],
      last: 3,
      sets: [1, 2, 3],
      settled: 'RangeError',
      any: 2,
      cause: 'y',
      behind: '40',
      segments: 2,
    });
  });

  test('typeof-guarded, url-guarded', async () => {
    expect((await run('typeof-guarded')).output).toEqual({ host: 'unknown' });
    expect((await run('url-guarded')).output).toBe('example.org');
  });
});

describe('a run of which no agent ran', () => {
  test('fails, keeps what it returned, and completes where that is allowed', async () => {
    const body =
      "return { found: (await parallel(['a', 'b'].map((x) => () => agent(x, { tools: ['none'] })))).filter(Boolean) }";
    const { id, run: ended, output } = await runScript(stack, body);
    expect(ended).toMatchObject({ status: 'failed', code: 'no_agent_ran' });
    expect(ended.reason).toMatch(/^0 of 2 agents ran: .*there is no tool "none"/);
    expect(output).toEqual({ found: [] });
    const again = await rerunScript(stack, id, { allowEmpty: true });
    expect(again.run.status).toBe('completed');
    expect(again.output).toEqual({ found: [] });
  });
});

describe('JSON as it was written', () => {
  test('arguments, results of agents and of the script keep the order of their keys', async () => {
    const found = '{"zeta":1,"alpha":{"y":[{"d":1,"c":2}],"x":2}}';
    stack.model.script(
      [{ reply: { toolCalls: [{ name: 'submit_result', arguments: { result: JSON.parse(found) } }] } }],
      'keep the order',
    );
    const schema = "{ type: 'object', properties: { zeta: {}, alpha: {} } }";
    const { id } = await runScript(
      stack,
      `const found = await agent('keep the order', { schema: ${schema} })\nreturn { text: JSON.stringify([args, found]), found, args }`,
      { args: { second: 1, first: { b: 1, a: 2 } } },
    );
    const { output } = await stack.api.getRunOutput(id);
    expect(JSON.stringify(output)).toBe(
      `{"text":${JSON.stringify(`[{"second":1,"first":{"b":1,"a":2}},${found}]`)},"found":${found},"args":{"second":1,"first":{"b":1,"a":2}}}`,
    );
  });

  test('a Map is an error at the line that returns it; the agents that were paid are read and used again', async () => {
    stack.model.script([answer('paid')], 'costly');
    const body =
      "const text = await agent('costly', { label: 'it' })\nif (!text) return null\nreturn { text, counts: new Map() }";
    const name = await startScriptOf(stack, body);
    const { id, run: ended } = await finished(stack, name);
    expect(ended).toMatchObject({ status: 'failed', code: 'script_result' });
    expect(ended.reason).toMatch(/a Map at counts \(.*\.js:4:1\)\. Return Object\.fromEntries\(map\)/);
    const [node] = Object.values((await stack.api.getRun(id)).nodes);
    expect((await stack.api.getNode(id, node?.step ?? '', null)).output).toBe('paid');
    const file = stack.definitions.scripts().find((script) => script.name === ended.name)?.file ?? '';
    await writeFile(file, (await readFile(file, 'utf8')).replace('new Map()', '{}'));
    const again = await rerunScript(stack, id);
    expect(again.output).toEqual({ text: 'paid', counts: {} });
    expect(stack.model.requests('costly')).toHaveLength(1);
  });
});
