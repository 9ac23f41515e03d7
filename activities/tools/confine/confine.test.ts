import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listProcesses } from '../../../files/kernel.ts';
import { eventually } from '../../../test/support/until.ts';
import { runCommand } from '../run-command.ts';
import { temporaryFolder, testContext } from '../test-context.ts';
import { endGroupsOf, openGroups } from './cgroup.ts';
import { chooseConfinement, openConfinement } from './choose.ts';
import type { Confinement } from './confinement.ts';
import { systemProgram } from './find-program.ts';

const isRoot = process.getuid?.() === 0;
const canary = `canary-${randomInt(1e12)}`;

const open = async (kind: 'namespaces' | 'bwrap' | 'capabilities' | 'none', hidden: string[] = []) => {
  const { confinement } = await chooseConfinement({ sandbox: kind, hidden, groups: null });
  expect(confinement.kind).toBe(kind);
  return confinement;
};

const run = async (confinement: Confinement, argv: string[], workspace?: string) =>
  await runCommand.run({ argv }, await testContext({ confinement, ...(workspace ? { workspace } : {}) }));

const pidsOf = async (text: string): Promise<number[]> => {
  const processes = (await listProcesses()).filter(({ zombie }) => !zombie);
  const lines = await Promise.allSettled(processes.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  return processes.flatMap(({ pid }, index) => {
    const line = lines[index];
    return line?.status === 'fulfilled' && line.value.replaceAll('\0', ' ').includes(text) ? [pid] : [];
  });
};

/** Leaves a process in a session of its own, with nothing of ours in its environment or open files. */
const leaver = () => {
  const seconds = String(1e6 + randomInt(1e8));
  onTestFinished(async () => {
    for (const pid of await pidsOf(`sleep ${seconds}`)) process.kill(pid, 'SIGKILL');
  });
  const started = 'while ! ls started >/dev/null 2>&1; do sleep 0.05; done';
  const daemon = `setsid env -i sh -c 'cd /; (/bin/sleep ${seconds}; :)' </dev/null >/dev/null 2>&1`;
  return { seconds, argv: ['sh', '-c', `(sh -c "touch started; exec ${daemon}" &) ; ${started}; sleep 0.2`] };
};

/** Another process of this user, that has a secret where it should not have one. */
const startKeeper = () => {
  const keeper = spawn('sleep', ['600'], { env: { SECRET: canary } });
  onTestFinished(() => void keeper.kill('SIGKILL'));
};
const look = [
  'sh',
  '-c',
  'for p in /proc/[0-9]*; do cat $p/environ $p/cmdline; ls -l $p/fd; done 2>/dev/null | tr "\\0" "\\n" | grep -ao "canary-[0-9][0-9]*"; :',
];

const kinds = [
  ['namespaces', true],
  ['bwrap', systemProgram('bwrap') !== null],
  ['capabilities', isRoot],
  ['none', true],
] as const;

for (const [kind, isHere] of kinds) {
  describe.runIf(process.platform === 'linux' && isHere)(`commands by ${kind}`, () => {
    test('run as they would without', async () => {
      const confinement = await open(kind);
      expect(await run(confinement, ['sh', '-c', 'echo out; exit 3'])).toMatchObject({
        status: 'error',
        text: 'Exit code 3\nout\n',
      });
      const killed = (await run(confinement, ['sh', '-c', 'kill -SEGV $$'])).text;
      expect(killed).toContain(kind === 'bwrap' ? 'Exit code 139' : 'Killed by SIGSEGV');
      const folder = await temporaryFolder();
      expect((await run(confinement, ['sh', '-c', 'id -u; pwd; echo x > own'], folder)).text).toBe(
        `Exit code 0\n${process.getuid?.()}\n${folder}\n`,
      );
      expect((await stat(path.join(folder, 'own'))).uid).toBe(process.getuid?.());
      const context = await testContext({ confinement, env: { PATH: process.env.PATH ?? '', MINE: '1' } });
      const names = (await runCommand.run({ argv: ['env'] }, context)).text.split('\n').slice(1, -1);
      expect(names.map((line) => line.split('=')[0]).toSorted()).toEqual(['EVERTURN_CALL', 'MINE', 'PATH']);
      expect((await run(confinement, ['no-such-program'])).text).toContain('command not found');
    });

    test.runIf(kind !== 'none')('do not see a secret of another process', async () => {
      startKeeper();
      expect((await run(await open('none'), look)).text).toContain(canary);
      expect((await run(await open(kind), look)).text).toBe('Exit code 0\n[No output]');
    });

    test('are ended at once, with what they started', async () => {
      const confinement = await open(kind);
      const cancel = new AbortController();
      const { seconds, argv } = leaver();
      const context = await testContext({ confinement, signal: cancel.signal });
      const running = runCommand.run({ argv: ['sh', '-c', `${argv[2]}; sleep ${seconds}`] }, context);
      await eventually(async () => expect((await pidsOf(`sleep ${seconds}`)).length).toBeGreaterThan(1));
      cancel.abort();
      expect((await running).text).toMatch(/^Cancelled \(killed by SIGTERM\)/);
      if (kind === 'namespaces' || kind === 'bwrap') expect(await pidsOf(`sleep ${seconds}`)).toEqual([]);
    });

    test('leave nothing behind, or it is reported', async () => {
      const { seconds, argv } = leaver();
      const { text } = await run(await open(kind), argv);
      if (kind === 'namespaces' || kind === 'bwrap') {
        expect(text).toBe('Exit code 0\n[No output]');
        expect(await pidsOf(`sleep ${seconds}`)).toEqual([]);
      } else {
        const [pid] = await pidsOf(`sleep ${seconds}`);
        expect(text).toContain('still running:');
        expect(text).toContain(`process ${pid}: `);
      }
    });

    test.runIf(kind === 'namespaces' || kind === 'bwrap')(
      'see nothing in what is hidden, and cannot uncover it',
      async () => {
        const folder = await temporaryFolder();
        await mkdir(path.join(folder, 'data'));
        await writeFile(path.join(folder, 'data', 'password'), canary);
        await writeFile(path.join(folder, 'token'), canary);
        const script =
          'cat token data/password; ls -A data; mkdir -p m; mount -t tmpfs none m; umount data; grep -c canary token';
        const { text } = await run(
          await open(kind, [`${folder}/data`, `${folder}/token`, `${folder}/none`]),
          ['sh', '-c', script],
          folder,
        );
        expect(text).not.toContain(canary);
        expect(text).toMatch(/mount: .*(permission|superuser)/);
        expect(text).toMatch(/umount: .*superuser/);
        expect(await readFile(path.join(folder, 'token'), 'utf8')).toBe(canary);
      },
    );
  });
}

test.runIf(isRoot)('without root, the user has the same ids and sees no other process', async () => {
  startKeeper();
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  const script = `
    import { chooseConfinement } from ${JSON.stringify(path.join(folder, 'project/activities/tools/confine/choose.ts'))};
    import { runCommand } from ${JSON.stringify(path.join(folder, 'project/activities/tools/run-command.ts'))};
    const { confinement } = await chooseConfinement({ sandbox: 'namespaces', hidden: [], groups: null });
    const context = { workspace: '/', dataFolders: [], idempotencyKey: 'k', env: { PATH: process.env.PATH }, commandSeconds: 60,
      confinement, signal: new AbortController().signal, onOutput: () => {} };
    const look = ${JSON.stringify(look)};
    const texts = [];
    for (const argv of [['sh', '-c', 'id -u; id -g'], look, ['sh', '-c', 'kill -TERM $$']])
      texts.push((await runCommand.run({ argv }, context)).text);
    console.log(JSON.stringify(texts));`;
  const env = { PATH: process.env.PATH ?? '', SECRET: canary };
  // The project may lie where this user cannot go, as below a private home, or be closed itself.
  const within = `mkdir project; touch node
      for from in "$1"/*; do to="project/\${from##*/}"
        if [ -d "$from" ]; then mkdir "$to"; else touch "$to"; fi; mount --bind "$from" "$to"; done
      mount --bind "$2" node; shift 2
      exec setpriv --reuid 1234 --regid 1234 --clear-groups "$PWD/node" "$@"`;
  const root = path.resolve(import.meta.dirname, '../../..');
  const program = ['--input-type=module', '--eval', script];
  const child = spawn('unshare', ['-m', 'sh', '-ec', within, 'sh', root, process.execPath, ...program], {
    cwd: folder,
    env,
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
  await new Promise((resolve) => child.once('close', resolve));
  expect(JSON.parse(out)).toEqual([
    'Exit code 0\n1234\n1234\n',
    'Exit code 0\n[No output]',
    'Killed by SIGTERM\n[No output]',
  ]);
});

test.runIf(process.platform === 'linux')('end with the worker that ran them, however it ended', async () => {
  const { seconds, argv } = leaver();
  const folder = await temporaryFolder();
  const script = `
    import { chooseConfinement } from ${JSON.stringify(new URL('./choose.ts', import.meta.url).href)};
    import { runCommand } from ${JSON.stringify(new URL('../run-command.ts', import.meta.url).href)};
    const { confinement } = await chooseConfinement({ sandbox: 'namespaces', hidden: [], groups: null });
    await runCommand.run({ argv: ${JSON.stringify(['sh', '-c', `${argv[2]}; sleep ${seconds}`])} }, {
      workspace: ${JSON.stringify(folder)}, dataFolders: [], idempotencyKey: 'k', env: { PATH: process.env.PATH }, commandSeconds: 60,
      confinement, signal: new AbortController().signal, onOutput: () => {} });`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  const mine = async () => (await pidsOf(`sleep ${seconds}`)).filter((pid) => pid !== worker.pid);
  await eventually(async () => expect((await mine()).length).toBeGreaterThan(1));
  worker.kill('SIGKILL');
  await eventually(async () => expect(await mine()).toEqual([]));
});

const groupsName = `test-${randomInt(1e9)}`;
const groups = openGroups(groupsName);
test.runIf(groups !== null)('a control group catches what namespaces do not', async () => {
  const confinement = await openConfinement('none', { sandbox: 'none', hidden: [], groups });
  const { seconds, argv } = leaver();
  expect((await run(confinement, argv)).text).toBe('Exit code 0\n[No output]');
  expect(await pidsOf(`sleep ${seconds}`)).toEqual([]);
  await endGroupsOf(groupsName);
});

test('a template starts each command, and is asked to end it', async () => {
  const folder = await temporaryFolder();
  const sandbox = {
    run: [
      'sh',
      '-c',
      'echo "$0" "$@" > started; while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
      '{name}',
      '{workspace}',
      '{cwd}',
      '{env}',
      '--',
    ],
    end: ['sh', '-c', 'echo "$0" > ended', '{name}'],
  };
  const { confinement } = await chooseConfinement({ sandbox, hidden: [], groups: null });
  expect((await run(confinement, ['echo', 'hello'], folder)).text).toBe('Exit code 0\nhello\n');
  const [name, ...rest] = (await readFile(path.join(folder, 'started'), 'utf8')).trim().split(' ');
  expect(rest.join(' ')).toBe(`${folder} ${folder} --env PATH --env EVERTURN_CALL -- echo hello`);
  expect((await readFile(path.join(folder, 'ended'), 'utf8')).trim()).toBe(name);
});

test.runIf(systemProgram('bwrap') === null)('what is asked for and not here is said', async () => {
  await expect(chooseConfinement({ sandbox: 'bwrap', hidden: [], groups: null })).rejects.toThrow(
    'Cannot confine commands by "bwrap", as commands.sandbox asks: bwrap (bubblewrap) is not installed',
  );
});
