import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { define, ended } from '../test/support/runs.ts';
import { writeScript } from '../test/support/scripts.ts';
import { exitCodes } from './exit.ts';
import { jsonLines } from './testing/cli.ts';
import { useStack } from './testing/stack-cli.ts';

const { stack, start, run } = useStack();
beforeAll(async () => {
  await stack().startScriptWorker();
});
const runIn = (text: string): string => /r_[0-9a-f]{24}/.exec(text)?.[0] ?? '';
const answers = (...prompts: string[]): void => {
  for (const prompt of prompts) stack().model.script([{ reply: { text: `About ${prompt}` } }], prompt);
};
const script = (name: string, body: string): Promise<void> => writeScript(stack(), name, body);

test('a script is followed to its end: phases, agents and log on standard error, its result on standard output', async () => {
  answers('apples', 'pears');
  await script(
    'fruit',
    `phase('Ask');
     log('of', args);
     const said = await parallel([() => agent('apples', { label: 'first' }), () => agent('pears')]);
     await artifact('said.md', said.join());
     return '# ' + args + '\\n\\n' + said.join('\\n');`,
  );
  const { code, stdout, stderr } = await run(['run', 'fruit', 'How are they?']);
  expect({ code, stdout }).toEqual({ code: exitCodes.ok, stdout: '# How are they?\n\nAbout apples\nAbout pears\n' });
  expect(stderr).toMatch(/^▸ Ask$/m);
  expect(stderr).toMatch(/^of How are they\?$/m);
  expect(stderr).toMatch(/^✓ first {2}completed, .*tokens$/m);
  expect(stderr).toMatch(/^✓ agent 2 {2}completed, /m);
  expect(stderr).toMatch(/^fruit completed in .* · 2 agents \(2 completed\), 1 other call · /m);
  expect(stderr).toMatch(/^Files +said\.md$/m);
  const id = runIn(stderr);
  expect(stderr).toContain(`/r/${id}`);

  const shown = await run(['runs', id]);
  expect(shown.stdout).toMatch(/^Ask +█{20} {2}2\/2$/m);
  expect(shown.stdout).toMatch(/^ {2}✓ first {2}completed/m);
  expect(shown.stdout).toMatch(/^Log\n.*▸ Ask\n.*of How are they\?$/m);
  expect(await run(['runs', 'report', id])).toMatchObject({ code: 0, stdout });
  expect(await run(['runs', 'show', id, 'first'])).toMatchObject({ code: 0, stdout: 'About apples\n' });
  expect(await run(['runs', 'show', id, 'agent 2'])).toMatchObject({ code: 0, stdout: 'About pears\n' });
  expect(await run(['runs', 'show', id, 'third'])).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('Its calls are first, agent 2, said.md'),
  });
});

test('arguments as JSON and from a file, a script by its path, and --json', async () => {
  await script('given', 'return { kind: typeof args, args };');
  const folder = path.join(stack().workspace, 'elsewhere');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'args.json');
  await writeFile(file, '[1,2]');
  const result = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run(['run', ...args]);
    return JSON.parse(stdout);
  };
  expect(await result('given', '--args', '{"a":1}')).toEqual({ kind: 'object', args: { a: 1 } });
  expect(await result('given', '--args', `@${file}`)).toEqual({ kind: 'object', args: [1, 2] });
  expect(await result('given', 'some', 'words')).toEqual({ kind: 'string', args: 'some words' });
  expect(await result('given')).toEqual({ kind: 'undefined' });
  const byPath = await run([
    'run',
    path.join(stack().workspace, '.everturn', 'workflows', 'given.js'),
    '{"b":2}',
    '--budget-tokens',
    '500',
    '--json',
  ]);
  const lines = jsonLines(byPath.stdout);
  expect(lines[0]).toMatchObject({ type: 'started', run: { kind: 'script', budget: { tokens: 500 } } });
  expect(lines.at(-1)).toMatchObject({
    type: 'end',
    status: 'completed',
    output: { kind: 'object', args: { b: 2 } },
    reuse: { agents: 0, reused: 0, ran: [] },
  });
});

test('run again: what was reused, and what ran and why', async () => {
  answers('one', 'two');
  await script('twice', "return [await agent('one', { label: 'a' }), await agent('two', { label: 'b' })];");
  const first = runIn((await run(['run', 'twice'])).stderr);
  const again = await run(['rerun', first]);
  expect(again.code).toBe(exitCodes.ok);
  expect(again.stderr).toMatch(new RegExp(`^✓ a {2}completed, .*reused from ${first}$`, 'm'));
  expect(again.stderr).toMatch(new RegExp(`^Reused +2 of 2 agents, from ${first}$`, 'm'));
  stack().model.script([{ reply: { text: 'About three' } }], 'two, again');
  await script('twice', "return [await agent('one', { label: 'a' }), await agent('two, again', { label: 'b' })];");
  const edited = await run(['rerun', first]);
  expect(edited.stderr).toMatch(/^Reused +1 of 2 agents/m);
  expect(edited.stderr).toMatch(/^Ran +b: its prompt changed$/m);
  const original = jsonLines((await run(['rerun', first, '--original', '--json'])).stdout).at(-1);
  expect(original).toMatchObject({
    output: ['About one', 'About two'],
    agents: { completed: 2 },
    reuse: { agents: 2, reused: 2, ran: [] },
  });
  answers('one');
  const fresh = await run(['rerun', first, '--original', '--fresh-agent', 'a']);
  expect(fresh.stderr).toMatch(/^Ran +a: it was asked to run afresh$/m);
  expect(await run(['rerun', first, '--from', 'a'])).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringMatching(/Cannot run twice with --from: that is for a flow, and twice is a script/),
  });
});

test('a question is told with the command that answers it; paused, resumed and cancelled by its id', async () => {
  await script('asks', "const { approved } = await approve('Ship it?'); await approve('Sure?'); return approved;");
  const cli = start(['run', 'asks']);
  await cli.saw('stderr', 'approval 1 asks');
  await cli.saw('stderr', 'Ship it?');
  await cli.saw('stderr', "npx everturn approve 'run/");
  const id = runIn(cli.stderr());
  const [question] = jsonLines((await run(['approvals', '--json'])).stdout);
  expect(await run(['approve', String(question?.id)])).toMatchObject({ code: 0 });
  await cli.saw('stderr', 'Sure?');
  expect(await run(['pause', id])).toMatchObject({ code: 0 });
  await cli.saw('stderr', 'Paused');
  expect(await run(['resume', id])).toMatchObject({ code: 0 });
  await cli.saw('stderr', 'Resumed');
  expect(await run(['cancel', id])).toMatchObject({ code: 0, stdout: `Cancelled run ${id}\n` });
  expect((await cli.ended).code).toBe(exitCodes.cancelled);
  expect(await ended(stack(), id)).toMatchObject({ status: 'cancelled' });
});

test('a script that throws fails the command, and says where', async () => {
  await script('throws', "\nthrow new Error('no such luck');");
  const { code, stdout, stderr } = await run(['run', 'throws']);
  expect({ code, stdout }).toEqual({ code: exitCodes.failure, stdout: '' });
  expect(stderr).toMatch(/no such luck/);
  expect(stderr).toMatch(/throws\.js:3/);
});

test('one name for a flow and a script; a name that is none; options that say nothing', async () => {
  await script('lonely', 'return 1;');
  const refused = async (args: string[], words: RegExp): Promise<void> => {
    expect(await run(args)).toMatchObject({ code: exitCodes.usage, stderr: expect.stringMatching(words) });
  };
  await refused(['run', 'lonly'], /Cannot find a flow or a script "lonly"; did you mean "lonely"\?/);
  await refused(['run', 'lonely', '--input', '{}'], /Cannot run lonely with --input: .*It takes words, --args JSON/);
  await refused(['run', 'lonely', '--args', '{'], /Cannot use the arguments \{: .*JSON/);
  await refused(['run', 'lonely', '--concurrency', '0'], /concurrency/);
  await refused(['run', './no/such.js'], /such\.js/);
  await define(stack(), 'flows', 'lonely', 'name: lonely\nsteps:\n  - { id: a, kind: code, code: return 1 }\n');
  await refused(['run', 'lonely'], /a flow and a script are called lonely.*lonely\.js/);
});
