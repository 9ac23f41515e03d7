import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTemporal } from '../../temporal/find.ts';
import { foldersOf } from './folders.ts';
import type { Report } from './report.ts';

/** The real supervisor, Postgres and Temporal on machines as they are out there; docs/machines.md has the table. */

type Message = Report | { type: 'failed'; code: string; message: string };
const isRoot = process.getuid?.() === 0;
const stranger = { uid: 12_345, gid: 12_345 };

let folder: string;
let project: string;
let binary: string;
const started: ChildProcess[] = [];
/** Clusters outside the test's own folder. */
const placed: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-machine-'));
  chmodSync(folder, 0o755);
  project = path.join(folder, 'project');
  mkdirSync(project);
  binary = (await findTemporal({ progress: () => undefined })).path;
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  for (const cluster of placed.splice(0)) rmSync(path.dirname(path.dirname(cluster)), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
});

type Machine = {
  /** Commands of a shell that make the machine what it is, before the supervisor runs in it. */
  setup?: string;
  /** Puts these commands before, such as `unshare -m`. */
  within?: string[];
  env?: Record<string, string>;
  without?: string[];
  as?: { uid: number; gid: number };
};

/** Starts the stack and resolves when it is ready or has failed. */
const start = async ({ setup = ':', within = [], env = {}, without = [], as }: Machine) => {
  const own: NodeJS.ProcessEnv = {
    ...process.env,
    EVERTURN_PROJECT: project,
    PATH: `${path.dirname(binary)}:${process.env.PATH}`,
    ...env,
  };
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', ...without]) delete own[name];
  const program = [process.execPath, path.join(import.meta.dirname, 'testing', 'supervisor-process.ts'), 'stand-in'];
  const [command = 'sh', ...args] = [...within, 'sh', '-ec', `${setup}\nexec "$@"`, 'sh', ...program];
  const child = spawn(command, args, { ...as, env: own, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  started.push(child);
  const messages: Message[] = [];
  const settled = new Promise<void>((resolve) => {
    child.on('message', (message: Message) => {
      messages.push(message);
      if (message.type === 'ready' || message.type === 'failed') resolve();
    });
    child.once('exit', () => resolve());
  });
  await settled;
  const said = messages.map((message) => (message.type === 'progress' ? `${message.step}: ${message.words}` : message));
  return { child, last: messages.at(-1), said };
};

const stop = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
};

const ready = expect.objectContaining({ type: 'ready' });

// A start takes seconds: what cannot hide each other's faults shares a machine.
test.each([
  ['umask 077, no locale', 'umask 077', ''],
  ['256 open files, the locale "C"', 'ulimit -n 256', 'C'],
])('no HOME, no USER, %s', async (_name, setup, locale) => {
  const { last } = await start({
    setup,
    env: { LC_ALL: locale, EVERTURN_CACHE: path.dirname(binary) },
    without: ['HOME', 'USER', 'LOGNAME', 'LANG'],
  });
  expect(last).toEqual(ready);
});

test('a project whose path has spaces, quotes, letters beyond ASCII and what shells and URLs read as their own; a locale that is not installed', async () => {
  project = path.join(folder, `a b "q" 'p' $HOME \`x\` ünï 漢 #1 100%25 ?x!&;(1)[2]*\\`);
  mkdirSync(project);
  const { last } = await start({ env: { LC_ALL: 'xx_YY.UTF-8' }, without: ['LANG'] });
  expect(last).toEqual(ready);
  expect(existsSync(path.join(project, '.everturn', 'data', 'temporal.db'))).toBe(true);
});

test('a project whose path is too long for SQLite and Postgres', async () => {
  for (let length = 0; length < 1200; length += 200) project = path.join(project, 'd'.repeat(199));
  mkdirSync(project, { recursive: true });
  const { last, said } = await start({});
  const { root } = foldersOf(project);
  placed.push(path.join(root, 'data'));
  expect(last).toEqual(ready);
  expect(said[0]).toMatch(/^files: kept in .*\/projects\/d{40}-[0-9a-f]{12}\/\.everturn\. /);
});

test('a file where the data folder must be', async () => {
  const data = path.join(folder, 'data');
  writeFileSync(data, '');
  const { last } = await start({ env: { EVERTURN_DATA: data } });
  expect(last).toMatchObject({ type: 'failed', code: 'folder_unusable', message: expect.stringContaining(data) });
});

describe.runIf(isRoot)('as root', () => {
  test('a private home: the data goes where its user can reach it, and is found again', async () => {
    chmodSync(folder, 0o700);
    const first = await start({});
    const cluster = realpathSync(foldersOf(project).postgres);
    placed.push(cluster);
    expect(first.last).toEqual(ready);
    expect(first.said).toContainEqual(expect.stringContaining(`its data in ${cluster}`));
    expect(cluster.startsWith(folder)).toBe(false);
    await stop(first.child);
    expect((await start({})).last).toEqual(ready);
    expect(realpathSync(foldersOf(project).postgres)).toBe(cluster);
  });

  test('no IPv6, no network but loopback, no /dev/shm, and a temporary folder that is mounted noexec', async () => {
    const tmp = path.join(folder, 'tmp');
    mkdirSync(tmp);
    const setup = [
      'ip link set lo up',
      'ip -6 addr flush dev lo',
      'sysctl -qw net.ipv6.conf.all.disable_ipv6=1 || :',
      'mount -t tmpfs -o ro none /dev/shm',
      `mount -t tmpfs -o noexec,mode=1777 none '${tmp}'`,
      `cp /bin/true '${tmp}/t'`,
      `if '${tmp}/t' 2>/dev/null; then exit 9; fi`,
    ].join('\n');
    const { last } = await start({ within: ['unshare', '-n', '-m'], setup, env: { TMPDIR: tmp } });
    expect(last).toEqual(ready);
  });

  test('workflows are bundled though home and temporary folder are mounted noexec', () => {
    const tmp = path.join(folder, 'tmp');
    mkdirSync(tmp);
    // Another home than ours, which has the compiler's library already.
    const env = {
      ...process.env,
      TMPDIR: tmp,
      HOME: tmp,
      XDG_CACHE_HOME: '',
      EVERTURN_CACHE: path.join(folder, 'cache'),
    };
    const bundle = path.join(import.meta.dirname, '..', '..', 'worker', 'bundle.ts');
    const code = `const { ensureBundle } = await import(${JSON.stringify(bundle)}); await ensureBundle(process.argv[1]);`;
    const script = `mount -t tmpfs -o noexec,mode=1777 none '${tmp}'\nexec "$@"`;
    const program = [process.execPath, '--input-type=module', '-e', code, path.join(folder, 'bundles')];
    const args = ['-m', 'sh', '-ec', script, 'sh', ...program];
    const { status, stderr } = spawnSync('unshare', args, { env, encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(readdirSync(path.join(folder, 'bundles'))).toEqual([expect.stringMatching(/^workflows-agents-.*\.js$/)]);
  });

  test('a cache that is mounted noexec is refused before anything is fetched', async () => {
    const cache = path.join(folder, 'cache');
    mkdirSync(cache);
    const { last } = await start({
      within: ['unshare', '-m'],
      setup: `mount -t tmpfs -o noexec none '${cache}'`,
      env: { EVERTURN_CACHE: cache, PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    });
    expect(last).toMatchObject({
      code: 'temporal_missing',
      message: `Cannot keep a Temporal server on this machine: ${cache} is on a file system whose programs may not run (mounted noexec). Set EVERTURN_CACHE to a folder that can be written and whose programs run, or install the Temporal CLI (https://docs.temporal.io/cli)`,
    });
  });

  test("a read-only project keeps its files in the data folder, and says so; Docker's 64 MB of /dev/shm", async () => {
    const data = path.join(folder, 'data');
    const setup = `mount -t tmpfs -o size=64m,mode=1777 none /dev/shm\nmount --bind '${project}' '${project}'\nmount -o remount,ro,bind '${project}'`;
    const { last, said } = await start({ within: ['unshare', '-m'], setup, env: { EVERTURN_DATA: data } });
    expect(last).toEqual(ready);
    expect(said[0]).toMatch(new RegExp(`^files: kept in ${data}/projects/project-[0-9a-f]{12}/\\.everturn\\. `));
    expect(existsSync(path.join(project, '.everturn'))).toBe(false);
  });

  test('a disk that is small and in memory is said, a full one is an error that names it', async () => {
    const small = await start({
      within: ['unshare', '-m'],
      setup: `mount -t tmpfs -o size=400m,mode=755 none '${project}'`,
    });
    expect(small.last).toEqual(ready);
    expect(small.said).toContainEqual(expect.stringMatching(/^disk: 0\.4 GB free in .*\. Make room/));
    expect(small.said).toContainEqual(expect.stringMatching(/^disk: .* is in memory \(tmpfs\)\. Set EVERTURN_DATA/));
    await stop(small.child);
    const full = await start({
      within: ['unshare', '-m'],
      setup: `mount -t tmpfs -o size=20m,mode=755 none '${project}'`,
    });
    expect(full.last).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(/no space left on device|check free disk space/i),
    });
  });

  // Where the checkout is in a private home, a stranger cannot run the Node in it.
  const runs = spawnSync(process.execPath, ['--version'], stranger).status === 0;
  describe.runIf(isRoot && runs)('as a user that passwd does not know', () => {
    const own = (): void => {
      chownSync(project, stranger.uid, stranger.gid);
      const home = path.join(folder, 'home');
      mkdirSync(home);
      chownSync(home, stranger.uid, stranger.gid);
    };
    const reachable = (): boolean => spawnSync(binary, ['--version'], stranger).status === 0;
    const bin = (): string => {
      if (reachable()) return path.dirname(binary);
      const copy = path.join(folder, 'bin');
      spawnSync('sh', ['-ec', 'mkdir "$2" && cp "$1" "$2/temporal" && chmod 755 "$2/temporal"', 'sh', binary, copy]);
      return copy;
    };

    test('with a home', async () => {
      own();
      const env = { HOME: path.join(folder, 'home'), PATH: `${bin()}:/usr/bin:/bin` };
      const without = ['USER', 'LOGNAME', 'EVERTURN_CACHE', 'XDG_CACHE_HOME'];
      expect((await start({ as: stranger, env, without })).last).toEqual(ready);
    });

    test('with a home that cannot be written', async () => {
      own();
      const tmp = path.join(folder, 'tmp');
      mkdirSync(tmp);
      chmodSync(tmp, 0o1777);
      const env = { HOME: '/', TMPDIR: tmp, PATH: `${bin()}:/usr/bin:/bin` };
      const without = ['USER', 'LOGNAME', 'EVERTURN_CACHE', 'XDG_CACHE_HOME'];
      expect((await start({ as: stranger, env, without })).last).toEqual(ready);
    });

    test('neither project nor home can be written: it says what to set', async () => {
      const env = { HOME: '/', PATH: `${bin()}:/usr/bin:/bin` };
      const { last } = await start({ as: stranger, env, without: ['XDG_DATA_HOME', 'EVERTURN_DATA'] });
      expect(last).toMatchObject({
        type: 'failed',
        code: 'folder_unusable',
        message: expect.stringMatching(
          /^Cannot write to \/\.local\/share\/everturn\/projects\/project-\w+\/\.everturn.*EACCES.*set EVERTURN_DATA/,
        ),
      });
    });
  });
});
