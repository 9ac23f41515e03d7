import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SessionSnapshot } from '../contracts/api.ts';
import { Approval } from '../contracts/approvals.ts';
import { StreamEvent } from '../contracts/events.ts';
import { reduce } from '../contracts/view.ts';
import { takeLock } from '../runtime/lock.ts';
import { identify } from '../runtime/processes.ts';
import { until } from '../test/support/until.ts';
import { exitCodes } from './exit.ts';
import { claimFolders } from './supervisor/claim.ts';
import { foldersOf } from './supervisor/folders.ts';
import { emptyState, writeState } from './supervisor/state.ts';
import { ensureToken } from './supervisor/token.ts';
import { jsonLines } from './testing/cli.ts';
import { openProxy } from './testing/proxy.ts';
import { sessionIn, useStack } from './testing/stack-cli.ts';

const { stack, start, run } = useStack();

const wantsToWrite = (file: string) => ({
  reply: { toolCalls: [{ name: 'write_file', arguments: { path: file, content: 'line\n' } }] },
});
const exists = (file: string) =>
  access(path.join(stack().workspace, file)).then(
    () => true,
    () => false,
  );

test('an approval is answered once by the CLI; a second answer gets the first and the code of a conflict', async () => {
  stack().model.script([wantsToWrite('approved.txt'), { reply: { text: 'Written.' } }], 'approve:');
  const cli = start(['send', '--new', 'approve: write']);
  await cli.saw('stderr', 'npx everturn approve');
  expect(cli.stderr()).toContain('"path": "approved.txt"');
  const id = `${sessionIn(cli.stderr())}/1/1/0`;
  const listed = await run(['approvals', '--json']);
  expect(jsonLines(listed.stdout).map((line) => Approval.parse(line))).toMatchObject([{ id, status: 'pending' }]);
  expect(await exists('approved.txt')).toBe(false);

  const first = await run(['approve', id]);
  expect(first).toMatchObject({ code: exitCodes.ok, stdout: expect.stringContaining('approved write_file') });
  expect(await cli.ended).toMatchObject({ code: exitCodes.ok, stdout: 'Written.\n' });
  expect(await exists('approved.txt')).toBe(true);

  const second = await run(['approve', id, '--deny']);
  expect(second.code).toBe(exitCodes.conflict);
  expect(second.stdout).toMatch(/^The first answer counts: approved write_file/);
  expect(second.stderr).toMatch(/^error Cannot answer/);
  const inJson = await run(['approve', id, '--deny', '--json']);
  expect(jsonLines(inJson.stdout)).toMatchObject([
    { error: { code: 'approval_answered', details: { approval: { id, decision: 'approve' } } } },
  ]);
  expect(await run(['approvals'])).toMatchObject({ code: 0, stdout: '', stderr: 'Nothing waits for an approval\n' });
});

test('a denial reaches the model with its note', async () => {
  stack().model.script(
    [wantsToWrite('denied.txt'), { expect: { last: { content: 'not here' } }, reply: { text: 'As you wish.' } }],
    'deny:',
  );
  const cli = start(['send', '--new', 'deny: write']);
  await cli.saw('stderr', 'npx everturn approve');
  const answered = await run(['approve', `${sessionIn(cli.stderr())}/1/1/0`, '--deny', '--note', 'not here']);
  expect(answered.stdout).toContain('denied write_file: not here');
  expect(await cli.ended).toMatchObject({ code: exitCodes.ok, stdout: 'As you wish.\n' });
  expect(cli.stderr()).toContain('✗ write_file: denied');
  expect(await exists('denied.txt')).toBe(false);
});

test('a session that allows it runs commands unasked, their output shown as it comes', async () => {
  const script = 'console.log("first"); setTimeout(() => console.log("second"), 50)';
  stack().model.script(
    [
      { reply: { toolCalls: [{ name: 'run_command', arguments: { argv: [process.execPath, '-e', script] } }] } },
      { reply: { text: 'Ran.' } },
    ],
    'allow:',
  );
  const { code, stderr, stdout } = await run(['send', '--new', '--allow', 'write,run', 'allow: run']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Ran.\n' });
  expect(stderr).toMatch(/│ first\n(.*\n)*.*│ second\n(.*\n)*.*✓ run_command/);
});

test('cancel ends the turn that runs; who follows it gets the code of a cancelled turn', async () => {
  stack().model.script([{ reply: { text: 'Never done.' }, pauseAfter: { pieces: 1, gate: 'cancel' } }], 'cancel:');
  const cli = start(['send', '--new', '--json', 'cancel: go']);
  await stack().model.reached('cancel');
  await cli.saw('stdout', '"delta"');
  const id = sessionIn(cli.stdout());
  expect(await run(['cancel', id])).toMatchObject({ code: 0, stdout: `Cancelled turn ${id}/1\n` });
  const { code, stdout } = await cli.ended;
  expect(code).toBe(exitCodes.cancelled);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'end', status: 'cancelled' });
  expect(await run(['cancel', id])).toMatchObject({ code: 0, stdout: `No turn runs in ${id}\n` });
});

test('sessions are listed newest first over pages, searched, and counted', async () => {
  const { api } = stack();
  for (const number of [1, 2, 3]) await api.createSession({ title: `Listed ${number}` });
  const found = await run(['sessions', '--q', 'listed', '--json', '--limit', '2']);
  expect(jsonLines(found.stdout).map(({ title }) => title)).toEqual(['Listed 3', 'Listed 2']);
  const { stdout } = await run(['sessions', '--q', 'Listed']);
  expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    expect.stringMatching(/^ID +STATUS +TURNS +TOKENS +COST +UPDATED +TITLE$/),
    expect.stringMatching(/^s_\w+ +idle +0 +.* +Listed 3$/),
    expect.stringMatching(/Listed 2$/),
    expect.stringMatching(/Listed 1$/),
    '',
  ]);
});

test('a session is changed, archived, searched, exported and imported, and its usage told', async () => {
  const usage = { prompt_tokens: 70, completion_tokens: 7 };
  stack().model.script([{ reply: { text: 'The heron flew.', usage } }], 'birds:');
  const id = sessionIn((await run(['send', '--new', 'birds: which?'])).stderr);
  expect(await run(['sessions', 'set', id, '--title', 'Birds', '--allow', 'write'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('may write unasked'),
  });
  expect((await run(['sessions', 'set', id, '--model', 'nobody'])).code).toBe(exitCodes.usage);
  expect((await run(['sessions', 'search', 'heron'])).stdout).toContain(`${id}  turn 1  Birds`);
  const exported = await run(['sessions', 'export', id]);
  const imported = await run(['sessions', 'import', '-', '--json'], { input: exported.stdout });
  const [made] = jsonLines(imported.stdout);
  expect(made).toMatchObject({ turns: 1, skippedUsage: 1 });
  const again = await run(['sessions', 'export', String(made?.id)]);
  const chunks = (text: string) =>
    jsonLines(text).filter(({ type, body }) => type === 'chunk' && (body as { kind: string }).kind !== 'usage');
  expect(chunks(again.stdout)).toEqual(chunks(exported.stdout));
  const cut = await run(['sessions', 'import', '-'], { input: exported.stdout.slice(0, -20) });
  expect(cut).toMatchObject({ code: exitCodes.usage, stderr: expect.stringMatching(/line \d+: it is not JSON/) });
  expect((await run(['sessions', 'archive', id])).stdout).toContain('archived');
  expect(jsonLines((await run(['sessions', '--archived', '--json'])).stdout)).toMatchObject([
    { id, usage: { input: 70 } },
  ]);
  const told = await run(['usage', '--by', 'session', '--session', id, '--csv']);
  expect(told.stdout.split('\r\n')[1]).toBe(`${id},1,70,7,0,0,0,,0,1`);
  expect((await run(['usage', '--by', 'moon'])).code).toBe(exitCodes.usage);
  expect(await run(['prune'])).toMatchObject({ code: 0, stderr: expect.stringContaining('there is no policy') });
});

test('a session is compacted and pruned, what it costs told before, its context after; so does chat, piped', async () => {
  const { model, api, store } = stack();
  const usage = (prompt_tokens: number) => ({ prompt_tokens, completion_tokens: 3 });
  const talk = 'a long tale of herons and their many nests; '.repeat(120);
  // Both are asked with the words of the first message, a summary within its conversation.
  const reply = (text: string, tokens: number) => ({ reply: { text, usage: usage(tokens) } });
  model.script([reply(talk, 1500), reply(talk, 900)], 'fold: tell');
  model.script([reply('Task: herons.', 1400), reply('Task: nests.', 300)], '<conversation>');
  const id = sessionIn((await run(['send', '--new', `fold: tell ${talk}`])).stderr);
  const dry = await run(['sessions', 'compact', id, '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stdout: '' });
  expect(dry.stderr).toMatch(/^about \d+ tokens become \d+; \d+ are read again; writing the summary takes about \d+/);
  expect(await store.context.epochs(id)).toEqual([]);
  expect(model.requests('<conversation>')).toEqual([]);

  const made = await run(['sessions', 'compact', id, '--keep', 'the birds']);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('Task: herons.') });
  expect(model.requests('<conversation>').at(-1)?.raw).toContain('The user asks of it: the birds');
  const [epoch] = await store.context.epochs(id);
  expect(epoch?.predicted.after).toBeLessThan(epoch?.predicted.before ?? 0);
  // The reply is part of the next request.
  const told = Number(/^about (\d+) tokens/.exec(dry.stderr)?.[1]);
  expect(Math.abs(told / (epoch?.predicted.before ?? 0) - 1)).toBeLessThan(0.02);
  const context = await run(['sessions', 'context', id]);
  expect(context.stdout).toContain(`tokens in the last request, about ${epoch?.predicted.after} in the next\n`);
  expect(context.stdout).toContain('\n1. compact (asked) up to 1/1, ');

  const pruned = await run(['sessions', 'compact', id, '--prune']);
  expect(pruned).toMatchObject({
    code: exitCodes.failure,
    stdout: expect.stringContaining('Nothing was changed'),
  });
  expect(jsonLines((await run(['sessions', 'context', id, '--json'])).stdout)).toMatchObject([
    { epochs: [{ failed: null }, { kind: 'prune', failed: expect.any(String) }] },
  ]);

  const input = `and more ${talk}\n/context\n/compact the nests\n/queue\n/quit\nnever sent\n`;
  const chat = await run(['chat', '--session', id], { input });
  expect(chat.stdout).toContain('900 of an unknown number of tokens in the last request\n');
  expect(chat.stdout).toContain('Task: nests.');
  expect(chat.stderr).toContain('/queue needs a terminal');
  const { chunks } = (await api.getSession(id)).view;
  const said = chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : []));
  expect(said.map((text) => text.slice(0, 8))).toEqual(['fold: te', 'and more']);
});

test('trace shows requests and calls with tokens and whether the prefix held', async () => {
  const usage = { prompt_tokens: 900, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 800 } };
  stack().model.script(
    [{ reply: { toolCalls: [{ name: 'list_files', arguments: {} }] } }, { reply: { text: 'Seen.', usage } }],
    'trace:',
  );
  const { stderr } = await run(['send', '--new', 'trace: go']);
  const id = sessionIn(stderr);
  const { stdout } = await run(['trace', id]);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/PLACE +KIND +NAME +ATTEMPT +STATUS +DURATION +FIRST TOKEN +IN\/CACHED\/OUT +PREFIX/);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/^1\/1 +model +scripted +1 +ok .* first$/);
  expect(rows[1]).toMatch(/^1\/1\/0 +tool +list_files +1 +ok/);
  expect(rows[2]).toMatch(/^1\/2 +model .* 900\/800\/4 +ok$/);
  expect(await run(['trace', id, '--turn', '2'])).toMatchObject({ code: 0, stdout: '' });
  expect(await run(['trace', id, '--turn', 'x'])).toMatchObject({ code: exitCodes.usage });
});

test('tail follows from a snapshot and over turns until Ctrl-C', async () => {
  const { api, model } = stack();
  model.script([{ reply: { text: 'First.' } }, { reply: { text: 'Second.' } }], 'tail:');
  const id = sessionIn((await run(['send', '--new', 'tail: one'])).stderr);
  const words = start(['tail', id]);
  const lines = start(['tail', id, '--json']);
  const all = start(['tail', id, '--json', '--after', '0']);
  await words.saw('stdout', 'First.\n');
  await lines.saw('stdout', '"snapshot"');
  await api.sendMessage(id, { text: 'two' });
  for (const follower of [lines, all]) await follower.saw('stdout', '"turn.settled","turn":2');
  await words.saw('stderr', 'turn 2 completed');
  for (const { child } of [words, lines, all]) child.kill('SIGINT');

  const inWords = await words.ended;
  expect(inWords).toMatchObject({ code: exitCodes.ok, stdout: 'First.\nSecond.\n' });
  expect(inWords.stderr).toContain('› two');
  const { view } = await api.getSession(id);
  const [head, ...events] = jsonLines((await lines.ended).stdout);
  const from = SessionSnapshot.parse(head).view;
  expect(events.map((line) => StreamEvent.parse(line)).reduce(reduce, from)).toEqual(view);
  expect(jsonLines((await all.ended).stdout)[0]).toMatchObject({ position: 1, event: { type: 'message.accepted' } });
});

test('tail goes on after the API was away', async () => {
  const { api, model, baseUrl, token } = stack();
  model.script([{ reply: { text: 'Still here.' } }], 'proxy:');
  const { id } = await api.createSession({});
  const proxy = await openProxy(baseUrl);
  const cli = start(['tail', id], { env: { EVERTURN_API_URL: proxy.url, EVERTURN_TOKEN: token } });
  await cli.saw('stderr', `Session ${id}`);
  proxy.cut();
  await cli.saw('stderr', 'Connection lost');
  await api.sendMessage(id, { text: 'proxy: go' });
  await cli.saw('stderr', 'turn 1 completed');
  cli.child.kill('SIGINT');
  expect(await cli.ended).toMatchObject({ code: 0, stdout: 'Still here.\n' });
  await proxy.close();
});

test('chat sends each piped line after the turn before it has ended', async () => {
  stack().model.script([{ reply: { text: 'To one.' } }, { status: 401 }, { reply: { text: 'To three.' } }], 'chat:');
  const { code, stdout, stderr } = await run(['chat', '--new'], { input: 'chat: one\n\ntwo\nthree\n' });
  expect(stdout).toBe('To one.\nTo three.\n');
  expect(stderr).toContain('model_unauthorized');
  expect(code).toBe(exitCodes.failure);
  const { view } = await until('the turns', () => stack().api.getSession(sessionIn(stderr)));
  expect(Object.values(view.turns).map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
});

test.each([
  ['tail', ['tail', 's_none'], 'session_not_found'],
  ['cancel', ['cancel', 's_none'], 'session_not_found'],
  ['trace', ['trace', 's_none'], 'session_not_found'],
  ['chat', ['chat', '--session', 's_none'], 'session_not_found'],
  ['approve', ['approve', 's_none/1/1/0'], 'approval_not_found'],
])('%s of what is not there is an error', async (_, args, code) => {
  const { stdout, code: exitCode } = await run([...args, '--json']);
  expect(jsonLines(stdout)).toMatchObject([{ error: { code } }]);
  expect(exitCode).toBe(exitCodes.usage);
});

test('without a stack, and nowhere to look for one, it says how to start it', async () => {
  const env = { EVERTURN_API_URL: undefined, EVERTURN_TOKEN: undefined, EVERTURN_PROJECT: stack().workspace };
  const { code, stderr } = await run(['sessions'], { env });
  expect(code).toBe(exitCodes.notRunning);
  expect(stderr).toContain('npx everturn up');
});

test("EVERTURN_TOKEN says as whom this folder's stack is used, in place of its own token", async () => {
  const project = await mkdtemp(path.join(tmpdir(), 'everturn-token-'));
  const folders = foldersOf(project);
  claimFolders(folders);
  // The API does not know this one: who is let in came with the variable.
  ensureToken(folders, () => {});
  const lock = takeLock(folders.lock);
  const { baseUrl: apiUrl, token } = stack();
  const supervisor = identify(process.pid);
  writeState(folders.state, { ...emptyState, supervisor, readyAt: new Date().toISOString(), apiUrl });
  const env = { EVERTURN_API_URL: undefined, EVERTURN_PROJECT: project };
  expect(await run(['users'], { env: { ...env, EVERTURN_TOKEN: token } })).toMatchObject({
    code: exitCodes.ok,
    stdout: expect.stringContaining('owner'),
  });
  expect(await run(['users'], { env: { ...env, EVERTURN_TOKEN: undefined } })).toMatchObject({
    code: exitCodes.unauthorized,
  });
  if (lock.holder === null) lock.release();
  await rm(project, { recursive: true });
});
