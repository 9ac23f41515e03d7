import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Run } from '../contracts/runs.ts';
import { define, ended } from '../test/support/runs.ts';
import { until } from '../test/support/until.ts';
import { exitCodes } from './exit.ts';
import { jsonLines } from './testing/cli.ts';
import { useStack } from './testing/stack-cli.ts';

const { stack, start, run } = useStack();
const runIn = (text: string): string => /r_[0-9a-f]{24}/.exec(text)?.[0] ?? '';

const double = `name: double
description: Doubles numbers
steps:
  - { id: all, kind: map, items: 'input.numbers ?? [1, 2]', code: 'if (item < 0) throw new Error("negative"); return item * 2' }
  - { id: sum, kind: code, needs: [all], code: 'return results.all.output.reduce((a, b) => a + b, 0)' }
output: results.sum.output
report: "# The sum\\n\\nIt is \${results.sum.output}."
`;
const asks = `name: asks
steps:
  - id: ask
    kind: approval
    prompt: Ship it?
    form:
      - { name: version, required: true }
      - { name: share, type: number }
      - { name: quiet, type: boolean }
output: results.ask.output.fields
`;

test('a run is followed to its end: its steps on standard error, its report alone on standard output', async () => {
  await define(stack(), 'flows', 'double', double);
  const { code, stdout, stderr } = await run(['run', 'double', '--input', '{"numbers":[1,2,3]}']);
  expect({ code, stdout }).toEqual({ code: exitCodes.ok, stdout: '# The sum\n\nIt is 12.\n' });
  const id = runIn(stderr);
  expect(stderr).toMatch(/^✓ all {2}completed, .*items 3\/3/m);
  expect(stderr).toMatch(/^✓ sum {2}completed, /m);
  expect(stderr).toContain(`/r/${id}`);
  expect(await run(['runs', 'report', id])).toMatchObject({ code: 0, stdout: '# The sum\n\nIt is 12.\n' });
  expect((await run(['runs', 'show', id])).stdout).toMatch(/✓ all .*items 3\/3.*double completed in.*\nOutput\n12\n$/s);
  expect(await run(['runs', 'artifact', id, 'report.md'])).toMatchObject({ code: 0, stdout: '# The sum\n\nIt is 12.' });
  expect(await run(['runs', 'artifact', id, 'repot.md'])).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('did you mean "report.md"?'),
  });
  expect(await run(['runs', 'show', id, 'sum'])).toMatchObject({ code: 0, stdout: '12\n' });
  expect(await run(['runs', 'show', id, 'all[1]'])).toMatchObject({ code: 0, stdout: '4\n' });
  const listed = await run(['runs', '--flow', 'double', '--json']);
  expect(jsonLines(listed.stdout).map((line) => Run.parse(line).id)).toEqual([id]);
  expect((await run(['runs'])).stdout).toMatch(/^ID +STATUS +STARTED +BY +NAME +REASON\n.*completed.*double/);
});

test('with --json each event is a line, and the last says how it went', async () => {
  await define(stack(), 'flows', 'double', double);
  const { code, stdout } = await run(['run', 'double', '--json']);
  const lines = jsonLines(stdout);
  expect(code).toBe(exitCodes.ok);
  expect(lines[0]).toMatchObject({ type: 'started', run: { name: 'double' } });
  expect(lines[1]).toMatchObject({ type: 'snapshot', steps: [{ id: 'all' }, { id: 'sum' }] });
  const positions = lines.slice(2, -1).map(({ position }) => Number(position));
  expect(positions).toEqual(positions.map((_, index) => (positions[0] ?? 0) + index));
  expect(lines.at(-1)).toMatchObject({ type: 'end', status: 'completed', output: 6, report: '# The sum\n\nIt is 6.' });
});

test('a failed run says why, and is run again from where it failed', async () => {
  await define(stack(), 'flows', 'double', double);
  const failed = await run(['run', 'double', '--input', '{"numbers":[1,-1]}']);
  expect(failed.code).toBe(exitCodes.failure);
  expect(failed.stderr).toMatch(/✗ all\[1\] {2}failed.*negative/);
  const id = runIn(failed.stderr);
  expect(await run(['runs', 'report', id])).toMatchObject({ code: exitCodes.usage });
  const again = await run(['rerun', id, '--input', '{"numbers":[1,1]}', '--json']);
  expect(again.code).toBe(exitCodes.ok);
  expect(jsonLines(again.stdout)[0]).toMatchObject({ run: { rerunOf: id } });
  const fresh = await run(['rerun', id, '--input', '{"numbers":[4]}', '--fresh', '--original', '--detach']);
  expect(fresh).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Started r_/) });
  expect(await ended(stack(), runIn(fresh.stdout))).toMatchObject({ status: 'completed' });
  expect(await run(['rerun', id, '--from', 'none'])).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('all, sum'),
  });
});

test('a question is told with the command that answers it; the fields of its form are typed', async () => {
  await define(stack(), 'flows', 'asks', asks);
  const cli = start(['run', 'asks']);
  await cli.saw('stderr', "npx everturn approve 'run/");
  const question = `run/${runIn(cli.stderr())}/step/ask#1`;
  expect(cli.stderr()).toContain(`npx everturn approve '${question}' --field version=text --field share=number`);
  const listed = await run(['approvals', '--json']);
  expect(jsonLines(listed.stdout)).toMatchObject([{ id: question, status: 'pending' }]);
  expect(await run(['approve', question])).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('version: is required'),
  });
  const fields = ['--field', 'version=2', '--field', 'share=0.5', '--field', 'quiet=yes'];
  expect(await run(['approve', question, ...fields])).toMatchObject({
    code: 0,
    stdout: `approved ask (${question})\n`,
  });
  expect((await cli.ended).code).toBe(exitCodes.ok);
  const second = await run(['approve', question, '--deny']);
  expect(second).toMatchObject({
    code: exitCodes.conflict,
    stdout: expect.stringMatching(/^The first answer counts: approved ask/),
  });
  const { stdout } = await run(['runs', 'show', runIn(question), 'ask', '--json']);
  expect(jsonLines(stdout)).toMatchObject([
    { output: { fields: { version: '2', share: 0.5, quiet: true }, by: 'owner' } },
  ]);
});

test('an open run says for how long, and waits in the list as in its own view; its stack tells its health', async () => {
  await define(stack(), 'flows', 'asks', asks);
  const id = runIn((await run(['run', 'asks', '--detach'])).stdout);
  await until('the question', async () => (await stack().api.getRun(id)).questions.length > 0);
  const shown = await run(['runs', 'show', id]);
  expect(shown.stdout).toMatch(/^asks waiting for \d+(\.\d)? m?s · /m);
  expect(shown.stdout).not.toMatch(/ in 0 ms/);
  expect((await run(['runs', '--flow', 'asks'])).stdout).toMatch(new RegExp(`^${id} +waiting `, 'm'));
  await stack().api.cancelRun(id);
  await ended(stack(), id);
  const health = await run(['health']);
  expect(health).toMatchObject({ code: exitCodes.failure });
  expect(health.stdout).toMatch(
    /^Postgres +answers\nTemporal +answers\nworkers +1 of agents and flows, 0 of scripts\nmodel +scripted answers\n$/,
  );
});

test('paused, resumed, cancelled from elsewhere: the follower is told', async () => {
  await define(stack(), 'flows', 'asks', asks);
  const detached = await run(['run', 'asks', '--detach']);
  const id = runIn(detached.stdout);
  const cli = start(['tail', id]);
  await cli.saw('stderr', "npx everturn approve 'run/");
  expect(await run(['pause', id])).toMatchObject({ code: 0, stdout: expect.stringContaining(`Paused ${id}`) });
  await cli.saw('stderr', 'Paused');
  expect(await run(['resume', id])).toMatchObject({ code: 0 });
  await cli.saw('stderr', 'Resumed');
  expect(await run(['cancel', id])).toMatchObject({ code: 0, stdout: `Cancelled run ${id}\n` });
  expect((await cli.ended).code).toBe(exitCodes.cancelled);
  expect(await run(['cancel', id])).toMatchObject({ code: exitCodes.conflict });
});

test('Ctrl-C cancels the run that is followed', async () => {
  await define(stack(), 'flows', 'asks', asks);
  const cli = start(['run', 'asks']);
  await cli.saw('stderr', "npx everturn approve 'run/");
  cli.child.kill('SIGINT');
  const { code, stderr } = await cli.ended;
  expect(code).toBe(exitCodes.interrupted);
  expect(await ended(stack(), runIn(stderr))).toMatchObject({ status: 'cancelled' });
});

test.each<[string[], RegExp]>([
  [['run', 'none'], /Cannot find a flow or a script "none"/],
  [['run', 'double', 'some', 'words'], /Cannot run double with words: .*double is a flow. It takes --input/],
  [['run', 'double', '--args', '1', 'words'], /give words or --args, not both/],
  [['run', 'double', '--budget-dollars', '0'], /not an amount of dollars/],
  [['run', 'double', '--input', '{'], /Cannot use the input \{: .*JSON/],
  [['run', 'double', '--input', '[1]'], /it is not an object/],
  [['run', 'double', '--input', '@/no/such/file'], /@\/no\/such\/file.*ENOENT/],
  [['runs', 'show', 'r_none'], /Cannot find run r_none/],
  [['runs', '--status', 'lost'], /running, completed, failed, cancelled/],
  [['approve', 'run/r_none/step/a#1', '--field', 'x'], /"x" is not name=value/],
  [['schedules', 'trigger', 'double'], /its file declares none/],
])('%j: what is wrong is said, with the code of bad usage', async (args, words) => {
  await define(stack(), 'flows', 'double', double);
  expect(await run(args)).toMatchObject({ code: exitCodes.usage, stderr: expect.stringMatching(words) });
});

test('flows, agents and schedules are listed', async () => {
  await define(stack(), 'flows', 'double', double);
  await define(stack(), 'flows', 'timed', `${double.replace('double', 'timed')}schedule: { cron: '0 3 * * *' }\n`);
  await define(stack(), 'flows', 'faulty', 'name: faulty\n');
  const flows = await run(['flows']);
  expect(flows.stdout).toMatch(/^NAME +FROM +STATE +STARTED BY +DESCRIPTION$/m);
  expect(flows.stdout).toMatch(/^double +project +ok +Doubles numbers$/m);
  expect(flows.stdout).toMatch(/^faulty +project +1 fault/m);
  expect(flows.stderr).toContain('npx everturn flows check');
  expect(jsonLines((await run(['flows', '--json'])).stdout).map(({ name }) => name)).toContain('timed');
  expect((await run(['agents'])).stdout).toMatch(/^NAME +FROM +STATE +MODELS +DESCRIPTION$/m);
  expect((await run(['schedules'])).stdout).toMatch(/^timed +on +0 3 \* \* \* +UTC +skip/m);
  expect(await run(['schedules', 'pause', 'timed'])).toMatchObject({
    code: 0,
    stdout: 'Paused the schedule of timed\n',
  });
  expect(jsonLines((await run(['schedules', '--json'])).stdout)).toMatchObject([{ flow: 'timed', paused: true }]);
  await stack().gateway.dropSchedule('timed');
  for (const name of ['timed', 'faulty']) await rm(path.join(stack().workspace, '.everturn', 'flows', `${name}.yaml`));
  await until('no schedule', async () => (await stack().gateway.scheduleState('timed')) === null);
});
