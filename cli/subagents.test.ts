import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Subagent } from '../contracts/subagents.ts';
import { delivered, patient, spawned, spawning, startSession } from '../test/support/subagents.ts';
import { until } from '../test/support/until.ts';
import { exitCodes } from './exit.ts';
import { jsonLines } from './testing/cli.ts';
import { useStack } from './testing/stack-cli.ts';

const { stack, run, start } = useStack();

test('background agents are listed, shown, written to and cancelled', async () => {
  const [parent, one, two] = [randomUUID(), randomUUID(), randomUUID()];
  const { model } = stack();
  model.script([spawning({ prompt: one, label: 'First' }, { prompt: two, label: 'Second' })], parent);
  model.script(
    Array.from({ length: 3 }, () => ({ reply: { text: 'Noted.' } })),
    parent,
  );
  model.script(
    [{ times: patient, pauseAfter: { pieces: 0, gate: one }, reply: { text: 'Done.' } }, { reply: { text: 'More.' } }],
    one,
  );
  model.script([{ times: patient, pauseAfter: { pieces: 0, gate: two }, reply: { text: 'never' } }], two);
  const session = await startSession(stack(), parent);
  const [first, second] = await spawned(stack(), session, 2);
  await model.reached(one);
  await model.reached(two);
  const id = first?.id ?? '';
  expect(await run(['subagents', 'send', id, 'and more'])).toMatchObject({
    code: 0,
    stdout: `Sent to background agent ${id}\n`,
  });
  model.open(one);
  await delivered(stack(), id);
  const cancelled = await run(['subagents', 'cancel', second?.id ?? '']);
  expect(cancelled).toMatchObject({ code: 0, stdout: `Cancelling background agent ${second?.id}\n` });
  await delivered(stack(), second?.id ?? '');
  const again = await run(['subagents', 'cancel', second?.id ?? '']);
  expect(again).toMatchObject({ code: exitCodes.conflict, stderr: expect.stringContaining('it is cancelled') });
  const listed = await run(['subagents', '--session', session]);
  expect(listed.stdout).toMatch(
    /^ID +STATUS +TOOK +AHEAD +SPAWNED BY +LABEL\n.*cancelled \(subagent_cancelled\).*Second\n.*completed.*First\n$/,
  );
  const lines = jsonLines((await run(['subagents', 'list', '--status', 'completed', '--json'])).stdout);
  expect(lines.map((line) => Subagent.parse(line).id)).toEqual([id]);
  expect((await run(['subagents', 'show', id])).stdout).toMatch(
    /^First: completed, .*\nsession s_\w+, spawned by .* in turn 1\n2 model requests, \d+ tokens in, \d+ out\nMore\.\n$/,
  );
  expect((await run(['subagents', 'show', 'a_none'])).code).toBe(exitCodes.usage);
});

test('commands in the background are listed, read, followed and stopped', async () => {
  const key = randomUUID();
  const { model, api, workspace } = stack();
  const argv = ['sh', '-c', 'echo ready; exec sleep 300'];
  model.script(
    [
      { reply: { toolCalls: [{ name: 'run_command', arguments: { argv, start: true, description: 'a server' } }] } },
      { reply: { text: 'Started.' } },
    ],
    key,
  );
  expect((await run(['commands'])).stderr).toMatch(/^No command runs in the background/);
  const { id: session } = await api.createSession({ workspace, allow: ['run'] });
  await api.sendMessage(session, { text: key });
  const { id } = await until('the command', async () => {
    const [found] = (await api.listCommands()).commands;
    return found?.output === 'ready\n' ? found : undefined;
  });
  const listed = (await run(['commands'])).stdout;
  expect(listed).toMatch(
    /^ID +STATUS +TOOK +SESSION +COMMAND +FOR\n.+ running +.+ sh -c echo ready; exec sleep 300 +a server\n$/,
  );
  expect(listed).toContain(`${id}  running`);
  const shown = await run(['commands', 'show', id]);
  expect(shown).toMatchObject({ code: 0, stdout: 'ready\n' });
  const following = start(['commands', 'show', id, '--follow']);
  expect(await run(['commands', 'stop', id])).toMatchObject({ code: 0, stdout: `Stopping ${id}\n` });
  expect(await following.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/stopped \(SIGTERM\)\n$/) });
  expect((await run(['commands', 'stop', id])).stdout).toBe(`${id} has ended: stopped (SIGTERM)\n`);
  const [all] = jsonLines((await run(['commands', '--session', session, '--json'])).stdout);
  expect(all).toMatchObject({ id, status: 'stopped', output: 'ready\n' });
  expect((await run(['commands', 'show', 'cmd_none'])).code).toBe(exitCodes.usage);
  const { records } = await api.listAudit({ action: 'command.stop' });
  expect(records.map(({ target }) => target)).toEqual([id]);
});
