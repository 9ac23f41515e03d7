import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { StreamEvent } from '../contracts/events.ts';
import { noUsage } from '../contracts/usage.ts';
import { reduce, type SessionView } from '../contracts/view.ts';
import { until } from '../test/support/until.ts';
import { exitCodes } from './exit.ts';
import { jsonLines } from './testing/cli.ts';
import { openProxy } from './testing/proxy.ts';
import { sessionIn, useStack } from './testing/stack-cli.ts';

const { stack, start, run } = useStack();

const empty: SessionView = {
  position: 0,
  chunks: [],
  total: 0,
  usage: noUsage,
  turns: {},
  waiting: [],
  approvals: [],
  live: [],
};

test('streams the reply once to standard output, and all else to standard error', async () => {
  const { model, workspace } = stack();
  await writeFile(path.join(workspace, 'a.txt'), 'forty-two\n');
  model.script(
    [
      {
        reply: { thinking: 'Look.', text: 'I look.', toolCalls: [{ name: 'read_file', arguments: { path: 'a.txt' } }] },
      },
      { reply: { text: 'It says forty-two, no more.' }, pauseAfter: { pieces: 2, gate: 'once' } },
    ],
    'once:',
  );
  const cli = start(['send', '--new', 'once:', 'what does', 'a.txt say?']);
  await cli.saw('stdout', 'It says');
  expect(cli.stdout()).not.toContain('forty-two');
  model.open('once');
  const { code, stdout, stderr } = await cli.ended;
  expect(stdout).toBe('I look.\nIt says forty-two, no more.\n');
  expect(stderr).toContain('thinking: Look.');
  expect(stderr).toContain('● read_file {"path":"a.txt"}');
  expect(stderr).toMatch(/✓ read_file: 1 line, .* · .*forty-two/);
  expect(stderr).toMatch(/completed in .* tokens? in \(.* cached\), .* out · 2 requests/);
  expect(stderr).toContain(`${stack().baseUrl}/s/${sessionIn(stderr)}#turn-1`);
  expect(code).toBe(exitCodes.ok);
  const { session } = await stack().api.getSession(sessionIn(stderr));
  expect(session.title).toBe('once: what does a.txt say?');
});

test('with --json every line is an event, and they reduce to the view of the API', async () => {
  stack().model.script(
    [
      { reply: { toolCalls: [{ name: 'list_files', arguments: {} }] } },
      {
        reply: {
          text: 'These files.',
          usage: { prompt_tokens: 50, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 20 } },
        },
      },
    ],
    'json:',
  );
  const { code, stdout } = await run(['send', '--new', '--json', 'json: which files?']);
  expect(code).toBe(exitCodes.ok);
  const lines = jsonLines(stdout);
  const [sent, ...rest] = lines;
  const end = rest.pop();
  const id = sessionIn(stdout);
  expect(sent).toMatchObject({ type: 'sent', sessionId: id, session: 'new', turnId: `${id}/1` });
  expect(end).toMatchObject({
    type: 'end',
    status: 'completed',
    turn: 1,
    usage: { requests: 2, cacheRead: 20 },
    links: { console: `${stack().baseUrl}/s/${id}#turn-1`, temporalUi: null },
  });
  const { view } = await stack().api.getSession(id);
  expect(rest.map((line) => StreamEvent.parse(line)).reduce(reduce, empty)).toEqual(view);
});

test('the text comes from standard input; without --session the last session goes on', async () => {
  stack().model.script([{ reply: { text: 'One.' } }, { reply: { text: 'Two.' } }], 'stdin:');
  const first = await run(['send', '--new'], { input: 'stdin: first\nsecond line\n' });
  expect(first).toMatchObject({ code: 0, stdout: 'One.\n' });
  const second = await run(['send', '-'], { input: 'again' });
  expect(second).toMatchObject({ code: 0, stdout: 'Two.\n' });
  const id = sessionIn(first.stderr);
  expect(second.stderr).toContain(`Session ${id} (the last one here): stdin: first`);
  const { view } = await stack().api.getSession(id);
  const asked = view.chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : []));
  expect(asked).toEqual(['stdin: first\nsecond line', 'again']);
});

test('text of an attempt that was cut off is announced before it comes again', async () => {
  stack().model.script(
    [
      { reply: { text: 'Alpha beta gamma.' }, pauseAfter: { pieces: 1, gate: 'cut' }, cutAfter: 2 },
      { reply: { text: 'Alpha beta gamma.' } },
    ],
    'cut:',
  );
  const cli = start(['send', '--new', 'cut: go']);
  await cli.saw('stdout', 'Alpha');
  stack().model.open('cut');
  await cli.saw('stderr', 'Attempt 2 starts it again');
  const { code, stdout } = await cli.ended;
  expect(code).toBe(exitCodes.ok);
  expect(stdout).toMatch(/^Alpha( beta)?\nAlpha beta gamma\.\n$/);
});

test('a failed turn tells why and ends with the code of failure', async () => {
  stack().model.script([{ status: 401, error: { error: { message: 'bad key' } } }], 'fails:');
  const { code, stderr } = await run(['send', '--new', 'fails: go']);
  expect(code).toBe(exitCodes.failure);
  expect(stderr).toContain('model_unauthorized');
  expect(stderr).toMatch(/failed in/);
});

test('Ctrl-C cancels the turn and waits for its end; the part that came is kept', async () => {
  stack().model.script(
    [{ reply: { text: 'Begun and never ended.' }, pauseAfter: { pieces: 1, gate: 'never' } }],
    'stop:',
  );
  const cli = start(['send', '--new', 'stop: go']);
  await cli.saw('stdout', 'Begun');
  cli.child.kill('SIGINT');
  const { code, stdout, stderr } = await cli.ended;
  expect(code).toBe(exitCodes.interrupted);
  expect(stdout).toBe('Begun\n');
  expect(stderr).toContain('cancelled in');
  const { view } = await stack().api.getSession(sessionIn(stderr));
  expect(view.turns[1]).toMatchObject({ status: 'cancelled' });
});

test('a second Ctrl-C detaches when cancelling gets nowhere', async () => {
  const { model, baseUrl, api } = stack();
  model.script([{ reply: { text: 'Begun and ended.' }, pauseAfter: { pieces: 1, gate: 'detach' } }], 'detach:');
  const proxy = await openProxy(baseUrl);
  const cli = start(['send', '--new', 'detach: go'], { env: { EVERTURN_API_URL: proxy.url } });
  await cli.saw('stdout', 'Begun');
  await proxy.close();
  const pressedAt = performance.now();
  cli.child.kill('SIGINT');
  await cli.saw('stderr', 'error Cannot cancel the turn');
  // Signals that come close together count as one press.
  await until('the time of a press to be over', () => performance.now() - pressedAt > 400);
  cli.child.kill('SIGINT');
  expect(await cli.ended).toMatchObject({ code: exitCodes.interrupted, stdout: 'Begun\n' });
  expect(cli.stderr()).toContain('Detached; the turn continues');
  model.open('detach');
  const id = sessionIn(cli.stderr());
  await until('the turn', async () => (await api.getSession(id)).view.turns[1]?.status === 'completed');
});

test('Ctrl-C while the message waits its turn detaches and leaves both turns alone', async () => {
  stack().model.script(
    [{ reply: { text: 'Slow.' }, pauseAfter: { pieces: 0, gate: 'slow' } }, { reply: { text: 'Next.' } }],
    'queue:',
  );
  const first = await run(['send', '--new', '--no-wait', '--json', 'queue: one']);
  const id = sessionIn(first.stdout);
  await stack().model.reached('slow');
  const cli = start(['send', '--session', id, 'queue: two']);
  await cli.saw('stderr', 'Accepted; it waits for its turn');
  cli.child.kill('SIGINT');
  const { code, stderr } = await cli.ended;
  expect(code).toBe(exitCodes.interrupted);
  expect(stderr).toContain('Detached');
  stack().model.open('slow');
  const { view } = await until('both turns', async () => {
    const snapshot = await stack().api.getSession(id);
    return snapshot.view.turns[2]?.status === 'completed' && snapshot;
  });
  expect(view.turns[1]).toMatchObject({ status: 'completed' });
});

test('--when-busy reject is a conflict while a turn runs', async () => {
  stack().model.script([{ reply: { text: 'Busy.' }, pauseAfter: { pieces: 0, gate: 'busy' } }], 'busy:');
  const first = await run(['send', '--new', '--no-wait', '--json', 'busy: one']);
  const id = sessionIn(first.stdout);
  await stack().model.reached('busy');
  const refused = await run(['send', '--session', id, '--when-busy', 'reject', '--json', 'busy: two']);
  expect(refused.code).toBe(exitCodes.conflict);
  expect(jsonLines(refused.stdout)).toMatchObject([{ error: { code: 'session_busy' } }]);
  stack().model.open('busy');
});

test('a reader that stops reading ends the command without a word', async () => {
  stack().model.script([{ reply: { text: 'Word '.repeat(200) }, pauseAfter: { pieces: 2, gate: 'pipe' } }], 'pipe:');
  const cli = start(['send', '--new', 'pipe: go']);
  await cli.saw('stdout', 'Word');
  cli.child.stdout?.destroy();
  stack().model.open('pipe');
  const { code, stderr } = await cli.ended;
  expect(code).toBe(exitCodes.ok);
  expect(stderr).not.toMatch(/EPIPE|at /);
});

test.each([
  ['an unknown session', ['send', '--session', 's_none', 'x'], {}, 'session_not_found', exitCodes.usage],
  ['an empty message', ['send', '--new', ' '], {}, 'bad_request', exitCodes.usage],
  ['a session and --new', ['send', '--new', '--session', 's', 'x'], {}, 'bad_request', exitCodes.usage],
  ['permissions for a session that exists', ['send', '--allow', 'run', 'x'], {}, 'bad_request', exitCodes.usage],
  ['a budget for a session that exists', ['send', '--budget-tokens', '9', 'x'], {}, 'bad_request', exitCodes.usage],
  ['an agent for a session that exists', ['send', '--agent', 'default', 'x'], {}, 'bad_request', exitCodes.usage],
  ['an unknown agent', ['send', '--new', '--agent', 'nobody', 'x'], {}, 'agent_not_found', exitCodes.usage],
  [
    'a folder that is none',
    ['send', '--new', '--workspace', '/nowhere/x', 'x'],
    {},
    'workspace_invalid',
    exitCodes.usage,
  ],
  ['a wrong token', ['send', '--new', 'x'], { EVERTURN_TOKEN: 'wrong' }, 'unauthorized', exitCodes.unauthorized],
  ['no token', ['send', '--new', 'x'], { EVERTURN_TOKEN: '' }, 'config_invalid', exitCodes.usage],
  [
    'nobody there',
    ['send', '--new', 'x'],
    { EVERTURN_API_URL: 'http://127.0.0.1:9' },
    'not_running',
    exitCodes.notRunning,
  ],
])('%s is an error with its exit code', async (_, args, env, errorCode, exitCode) => {
  const inJson = await run([...args, '--json'], { env });
  expect(jsonLines(inJson.stdout)).toMatchObject([
    { error: { code: errorCode, message: expect.stringContaining('Cannot') } },
  ]);
  expect(inJson.code).toBe(exitCode);
  const inWords = await run(args, { env });
  expect(inWords).toMatchObject({ code: exitCode, stdout: '' });
  expect(inWords.stderr).toMatch(/^error Cannot/);
});

test('--attach sends files with the message, alone or with a text, and says what is wrong with one', async () => {
  const { model, workspace } = stack();
  await writeFile(path.join(workspace, 'notes.txt'), 'forty-two\n');
  model.script([{ reply: { text: 'Read.' } }, { reply: { text: 'Again.' } }], 'notes.txt');
  const { code, stdout } = await run(['send', '--new', '--attach', path.join(workspace, 'notes.txt')]);
  expect(stdout).toBe('Read.\n');
  expect(code).toBe(exitCodes.ok);
  expect(JSON.stringify(model.requests('notes.txt')[0]?.body.messages)).toContain('forty-two');
  const missing = await run(['send', '--attach', path.join(workspace, 'none.png'), 'Look']);
  expect(missing.stderr).toContain(`Cannot attach ${path.join(workspace, 'none.png')}: there is no such file`);
  expect(missing.code).toBe(exitCodes.usage);
});
