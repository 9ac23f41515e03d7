import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../../test/support/until.ts';
import { readFile as readFileTool } from './read-file.ts';
import { createRunCommand, runCommand } from './run-command.ts';
import { isRunning, testContext } from './test-context.ts';

const sh = (script: string) => ({ argv: ['sh', '-c', script] });
const pidIn = async (path: string): Promise<number> =>
  eventually(async () => {
    const pid = Number(await readFile(path, 'utf8'));
    if (!pid) throw new Error('Not written yet');
    return pid;
  });

test('gives both streams and the exit code', async () => {
  const context = await testContext();
  expect(await runCommand.run(sh('echo out; echo err >&2'), context)).toMatchObject({ status: 'ok' });
  expect(await runCommand.run(sh('echo out; exit 3'), context)).toMatchObject({
    status: 'error',
    text: 'Exit code 3\nout\n',
  });
  expect(await runCommand.run({ argv: ['true'] }, context)).toMatchObject({
    status: 'ok',
    text: 'Exit code 0\n[No output]',
    command: { argv: ['true'], cwd: '.', exitCode: 0, signal: null, stopped: null, isTruncated: false, id: null },
  });
  expect((await runCommand.run(sh('kill -SEGV $$'), context)).text).toContain('Killed by SIGSEGV');
});

test('keeps both streams apart', async () => {
  const context = await testContext();
  const { text, command } = await runCommand.run({ ...sh('echo err >&2; echo out'), description: 'both' }, context);
  expect(text).toBe('Exit code 0\n[stdout]\nout\n[stderr]\nerr\n');
  expect(command).toMatchObject({
    description: 'both',
    stdout: { text: 'out\n', bytes: 4 },
    stderr: { text: 'err\n' },
  });
});

test('a text is for a shell only where the configuration names one', async () => {
  const context = await testContext();
  const withShell = createRunCommand('/bin/sh');
  expect((await withShell.run({ shell: 'echo a | tr a b' }, context)).text).toBe('Exit code 0\nb\n');
  expect(withShell.touches?.({ shell: 'echo a' })).toEqual({
    command: { argv: ['/bin/sh', '-c', 'echo a'], cwd: undefined, shellText: 'echo a' },
  });
  await expect(withShell.run({ shell: 'echo a', argv: ['echo'] }, context)).rejects.toMatchObject({
    code: 'tool_arguments',
  });
  await expect(runCommand.run({ shell: 'echo a' }, context)).rejects.toMatchObject({ code: 'tool_arguments' });
  expect((await runCommand.run({ argv: ['ls'], start: true }, context)).text).toContain('in the background');
});

test('runs argv as it is, in the folder given, without input', async () => {
  const context = await testContext();
  await mkdir(join(context.workspace, 'sub'));
  expect((await runCommand.run({ argv: ['echo', '$HOME; ls', '*'] }, context)).text).toBe('Exit code 0\n$HOME; ls *\n');
  expect((await runCommand.run({ argv: ['pwd'], cwd: 'sub' }, context)).text).toBe(
    `Exit code 0\n${join(context.workspace, 'sub')}\n`,
  );
  expect((await runCommand.run({ argv: ['cat'] }, context)).text).toBe('Exit code 0\n[No output]');
});

test('sees the cleaned environment alone', async () => {
  const context = await testContext({ env: { PATH: process.env.PATH ?? '', MINE: '1' }, idempotencyKey: 's/1/2/3' });
  const names = (await runCommand.run({ argv: ['env'] }, context)).text.split('\n').slice(1, -1);
  expect(names.map((line) => line.split('=')[0]).toSorted()).toEqual(['EVERTURN_CALL', 'MINE', 'PATH']);
  expect(names).toContain('EVERTURN_CALL=s/1/2/3');
});

test('shows output as it comes', async () => {
  const seen: string[] = [];
  const context = await testContext({ onOutput: (text) => seen.push(text) });
  const running = runCommand.run(sh('echo first; while [ ! -e go ]; do sleep 0.05; done; echo second'), context);
  await eventually(() => expect(seen.join('')).toBe('first\n'));
  await writeFile(join(context.workspace, 'go'), '');
  expect((await running).text).toBe('Exit code 0\nfirst\nsecond\n');
  expect(seen.join('')).toBe('first\nsecond\n');
});

test('keeps the beginning and the end of long output', async () => {
  let live = 0;
  const context = await testContext({ onOutput: (text) => (live += text.length) });
  const { status, text } = await runCommand.run(
    sh('echo begin; head -c 3000000 /dev/zero | tr "\\0" x; echo; echo end'),
    context,
  );
  expect(status).toBe('ok');
  expect(text.startsWith('Exit code 0\nbegin\nxxx')).toBe(true);
  expect(text.endsWith('xxx\nend\n')).toBe(true);
  expect(text).toContain('[2970011 characters left out of 3.0 MB]');
  expect(text.length).toBeLessThan(31_000);
  expect(live).toBeLessThan(101_000);
});

test('stops a command that does not stop writing', async () => {
  const { status, text } = await runCommand.run({ argv: ['yes'] }, await testContext());
  expect(status).toBe('error');
  expect(text).toContain('Stopped: it wrote too much output');
});

test('makes output fit for the store', async () => {
  const { text } = await runCommand.run(sh("printf 'a\\000b\\377\\n'"), await testContext());
  expect(text).toBe('Exit code 0\na\uFFFDb\uFFFD\n');
});

test('says what cannot be started', async () => {
  const context = await testContext();
  await writeFile(join(context.workspace, 'plain'), 'x');
  expect(await runCommand.run({ argv: ['no-such-program', 'x'] }, context)).toEqual({
    status: 'error',
    text: 'Cannot run "no-such-program x": command not found: "no-such-program"; it is run without a shell; for pipes and the like use ["sh", "-c", "…"]',
  });
  expect((await runCommand.run({ argv: ['ls -l'] }, context)).text).toContain('a separate element of argv');
  expect((await runCommand.run({ argv: ['./plain'] }, context)).text).toContain('is not a program that may be run');
  await chmod(join(context.workspace, 'plain'), 0o755);
  expect((await runCommand.run({ argv: [''] }, context)).text).toContain('argv[0], the program, is empty');
  expect((await runCommand.run({ argv: ['ls'], cwd: 'plain' }, context)).text).toContain('cwd "plain" is not a folder');
  expect((await runCommand.run({ argv: ['echo', 'x'.repeat(3_000_000)] }, context)).text).toContain('E2BIG');
  await expect(runCommand.run({ argv: ['ls'], cwd: '..' }, context)).rejects.toMatchObject({
    code: 'path_outside_workspace',
  });
  await expect(runCommand.run({ argv: ['ls', 'a\0'] }, context)).rejects.toMatchObject({ code: 'tool_arguments' });
});

test('ends a command at its time limit, whatever it asked for', async () => {
  const context = await testContext({ commandSeconds: 0.3 });
  const { status, text } = await runCommand.run({ ...sh('echo begun; sleep 60'), seconds: 600 }, context);
  expect(status).toBe('error');
  expect(text).toBe('Stopped: it took longer than 0.3 s (killed by SIGTERM)\nbegun\n');
}, 3000);

test('kills the group with its grandchildren when it is cancelled, also those that ignore SIGTERM', async () => {
  const controller = new AbortController();
  const context = await testContext({ signal: controller.signal });
  const script =
    "trap '' TERM; sh -c 'echo $$ > grandchild; while :; do sleep 0.1; done' & echo $$ > child; wait; wait";
  const running = runCommand.run(sh(script), context);
  const pids = [await pidIn(join(context.workspace, 'child')), await pidIn(join(context.workspace, 'grandchild'))];
  expect(pids.map(isRunning)).toEqual([true, true]);
  controller.abort();
  const { text } = await running;
  expect(text).toContain('Cancelled (killed by SIGKILL)');
  expect(pids.map(isRunning)).toEqual([false, false]);
});

test('leaves nothing behind: neither what runs in the background nor what left the group', async () => {
  const context = await testContext();
  const script = 'env -i sleep 300 & echo $! > background; setsid sleep 300 & echo $! > left; sleep 0.1; echo done';
  expect((await runCommand.run(sh(script), context)).text).toBe('Exit code 0\ndone\n');
  for (const name of ['background', 'left']) {
    const pid = await pidIn(join(context.workspace, name));
    expect(isRunning(pid)).toBe(false);
  }
});

test('does not start once it is cancelled', async () => {
  const context = await testContext({ signal: AbortSignal.abort(new Error('cancelled')) });
  await expect(runCommand.run(sh('touch started'), context)).rejects.toThrow('cancelled');
  expect(existsSync(join(context.workspace, 'started'))).toBe(false);
});

test('a link that a command makes does not open the jail', async () => {
  const context = await testContext();
  expect((await runCommand.run({ argv: ['ln', '-s', '/etc', 'etc'] }, context)).status).toBe('ok');
  await expect(readFileTool.run({ path: 'etc/passwd' }, context)).rejects.toMatchObject({
    code: 'path_outside_workspace',
  });
  await symlink('/', join(context.workspace, 'root'));
  await expect(runCommand.run({ argv: ['ls'], cwd: 'root/etc' }, context)).rejects.toMatchObject({
    code: 'path_outside_workspace',
  });
});
