import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeLock } from '../../runtime/lock.ts';
import { identify } from '../../runtime/processes.ts';
import { claimFolders, dropTrackedCache } from './claim.ts';
import { type Folders, foldersOf } from './folders.ts';
import { shutDown } from './shut-down.ts';
import { emptyState, findRunning } from './state.ts';
import { ensureToken, readToken } from './token.ts';

let root: string;
let project: string;
let folders: Folders;
let said: string[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'everturn-claim-')));
  project = path.join(root, 'project');
  mkdirSync(project);
  folders = foldersOf(project);
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const claim = (options: { adopt?: boolean; source?: NodeJS.ProcessEnv } = {}) =>
  claimFolders(folders, {
    source: {},
    ...options,
    report: (report) => said.push('words' in report ? report.words : report.type),
  });
const foreign = expect.objectContaining({
  code: 'data_foreign',
  message: expect.stringContaining('everturn trust --data'),
});
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: project, stdio: 'pipe' });
const bringData = (): void => {
  mkdirSync(folders.postgres, { recursive: true });
  writeFileSync(path.join(folders.postgres, 'PG_VERSION'), '18\n');
};

describe('data', () => {
  test('that was not made here is refused and left alone; said to be theirs, it is used', () => {
    bringData();
    expect(() => claim()).toThrow(foreign);
    expect(existsSync(folders.run)).toBe(false);
    claim({ adopt: true });
    claim();
    expect(readFileSync(path.join(folders.postgres, 'PG_VERSION'), 'utf8')).toBe('18\n');
  });

  test('that was made here is used again, copied elsewhere it is not', () => {
    claim();
    bringData();
    claim();
    renameSync(project, path.join(root, 'moved'));
    folders = foldersOf(path.join(root, 'moved'));
    expect(() => claim()).toThrow(foreign);
  });

  test('with an id that a clone brings is refused', () => {
    bringData();
    writeFileSync(path.join(folders.root, 'id'), 'a'.repeat(43), { mode: 0o600 });
    expect(() => claim()).toThrow(foreign);
  });

  test('that is a link, or below a link, is refused', () => {
    const elsewhere = path.join(root, 'elsewhere');
    mkdirSync(path.join(elsewhere, 'run'), { recursive: true });
    symlinkSync(elsewhere, folders.root);
    expect(() => claim()).toThrow(foreign);
    expect(existsSync(path.join(elsewhere, 'run'))).toBe(true);
    rmSync(folders.root);
    mkdirSync(folders.root);
    symlinkSync(elsewhere, folders.data);
    expect(() => claim()).toThrow(foreign);
  });

  test('that git tracks is refused even where the folder is ours: a pull may have written it', () => {
    git('init', '-q');
    claim();
    bringData();
    git('add', '-f', '.everturn/data');
    expect(() => claim()).toThrow(
      expect.objectContaining({ code: 'data_foreign', message: expect.stringContaining('git rm') }),
    );
  });

  test('is used where the environment says so', () => {
    bringData();
    claim({ source: { EVERTURN_TRUST: '1' } });
    claim();
  });
});

test('notes, logs and caches that came with the project are replaced; links are not followed', async () => {
  const outside = path.join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'kept'), 'kept');
  mkdirSync(folders.run, { recursive: true });
  const stranger = { pid: 1, startedAt: '1' };
  writeFileSync(folders.lock, JSON.stringify(stranger));
  writeFileSync(
    folders.state,
    JSON.stringify({
      ...emptyState,
      supervisor: stranger,
      readyAt: new Date().toISOString(),
      apiUrl: 'http://evil.example',
    }),
  );
  writeFileSync(folders.token, 'x'.repeat(43), { mode: 0o600 });
  symlinkSync(outside, folders.logs);
  symlinkSync(outside, path.join(folders.root, 'cache'));
  expect(findRunning(project)).toBeNull();
  expect(await shutDown(project)).toEqual({ supervisor: false, leftovers: [] });
  claim();
  expect(said.join()).toContain('replaced .everturn/cache, .everturn/logs, .everturn/run, .everturn/token');
  expect(lstatSync(folders.logs).isSymbolicLink()).toBe(false);
  expect(existsSync(folders.state)).toBe(false);
  expect(readFileSync(path.join(outside, 'kept'), 'utf8')).toBe('kept');
});

test('a link that leads nowhere makes no file outside', () => {
  mkdirSync(folders.root, { recursive: true });
  symlinkSync(path.join(root, 'nologin'), path.join(folders.root, '.gitignore'));
  claim();
  expect(existsSync(path.join(root, 'nologin'))).toBe(false);
});

describe('a pull into a project whose stack runs', () => {
  let origin: string;
  const commit = (message: string): void => {
    const inOrigin = ['-C', origin, '-c', 'user.name=m', '-c', 'user.email=m@evil.example'];
    execFileSync('git', [...inOrigin, 'add', '-A', '-f']);
    execFileSync('git', [...inOrigin, 'commit', '-q', '-m', message]);
    git('pull', '-q', origin, 'main');
  };
  /** `.everturn` is ignored, so git writes over what is there. */
  const pull = (files: Record<string, string>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(origin, '.everturn', name)), { recursive: true });
      writeFileSync(path.join(origin, '.everturn', name), text);
    }
    commit('harmless');
  };
  const running = (apiUrl: string): string => {
    const supervisor = identify(process.pid);
    return JSON.stringify({ ...emptyState, supervisor, readyAt: new Date().toISOString(), apiUrl });
  };
  beforeEach(() => {
    origin = path.join(root, 'origin');
    execFileSync('git', ['init', '-q', '-b', 'main', origin]);
    writeFileSync(path.join(origin, 'README.md'), 'A harmless example.\n');
    git('init', '-q', '-b', 'main');
    commit('first');
    claim();
    ensureToken(folders, () => undefined);
  });

  test('sends the token to nobody else', () => {
    const lock = takeLock(folders.lock);
    writeFileSync(folders.state, running('http://127.0.0.1:4100'), { mode: 0o600 });
    expect(findRunning(project)?.apiUrl).toBe('http://127.0.0.1:4100');
    const { pid, startedAt } = identify(process.pid) ?? {};
    pull({ 'run/state.json': running('http://evil.example'), 'run/lock': JSON.stringify({ pid, startedAt }) });
    expect(readFileSync(folders.state, 'utf8')).toContain('evil.example');
    expect(findRunning(project)).toBeNull();
    // Where the umask is 077, git's files look like ours.
    for (const file of [folders.state, folders.lock]) chmodSync(file, 0o600);
    expect(findRunning(project)).toBeNull();
    if (lock.holder === null) lock.release();
  });

  test('brings no code for the next process', () => {
    const cached = path.join(folders.root, 'cache', 'workflows.js');
    mkdirSync(path.dirname(cached));
    writeFileSync(cached, 'ours');
    dropTrackedCache(folders, {});
    expect(readFileSync(cached, 'utf8')).toBe('ours');
    pull({ 'cache/workflows.js': 'theirs' });
    expect(readFileSync(cached, 'utf8')).toBe('theirs');
    dropTrackedCache(folders, {});
    expect(existsSync(cached)).toBe(false);
  });

  test('hides nothing behind many names', () => {
    const oid = execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: project, input: '' }).toString().trim();
    const names = Array.from({ length: 10_000 }, (_, index) => `.everturn/cache/${'x'.repeat(200)}${index}`);
    const entries = names.map((name) => `100644 ${oid}\t${name}\n`).join('');
    execFileSync('git', ['update-index', '--index-info'], { cwd: project, input: entries });
    mkdirSync(path.join(folders.root, 'cache'));
    dropTrackedCache(folders, {});
    expect(existsSync(path.join(folders.root, 'cache'))).toBe(false);
  });

  test('asks no git that the project brings', () => {
    const program = path.join(project, 'node_modules', '.bin', 'git');
    mkdirSync(path.dirname(program), { recursive: true });
    writeFileSync(program, `#!/bin/sh\ntouch ${path.join(root, 'canary')}\n`);
    chmodSync(program, 0o755);
    pull({ 'cache/workflows.js': 'theirs' });
    const { PATH = '' } = process.env;
    process.env.PATH = [path.dirname(program), './node_modules/.bin', PATH].join(path.delimiter);
    try {
      dropTrackedCache(folders, {});
    } finally {
      process.env.PATH = PATH;
    }
    expect(existsSync(path.join(root, 'canary'))).toBe(false);
    expect(existsSync(path.join(folders.root, 'cache'))).toBe(false);
  });
});

describe('the token', () => {
  const say = (words: string) => said.push(words);
  test.each<[string, RegExp, () => void]>([
    ['others can read it', /mode 644/, () => chmodSync(folders.token, 0o644)],
    ['it has a second name', /hard link/, () => linkSync(folders.token, path.join(root, 'second'))],
    [
      'it is a link',
      /symbolic link/,
      () => {
        renameSync(folders.token, path.join(root, 'real'));
        symlinkSync(path.join(root, 'real'), folders.token);
      },
    ],
    [
      'it is a folder',
      /not a regular file/,
      () => {
        rmSync(folders.token);
        mkdirSync(folders.token);
      },
    ],
    ['somebody else wrote it', /not the one that was written here/, () => writeFileSync(folders.token, 'y'.repeat(43))],
  ])('is replaced when %s', (_why, words, spoil) => {
    claim();
    const token = ensureToken(folders, say);
    expect(ensureToken(folders, say)).toBe(token);
    expect(said.join()).not.toContain('token');
    spoil();
    expect(readToken(folders)).toBeNull();
    const next = ensureToken(folders, say);
    expect(next).not.toBe(token);
    expect(said.at(-1)).toMatch(words);
    expect(lstatSync(folders.token).mode & 0o777).toBe(0o600);
    expect(readToken(folders)).toBe(next);
  });

  test('is replaced when git tracks it, and nothing is written through a link beside it', () => {
    git('init', '-q');
    claim();
    const token = ensureToken(folders, say);
    git('add', '-f', '.everturn/token');
    const target = path.join(root, 'target');
    symlinkSync(target, `${folders.token}.unfinished`);
    claim();
    expect(said.at(-1)).toContain('.everturn/token: git tracks it');
    expect(ensureToken(folders, say)).not.toBe(token);
    expect(existsSync(target)).toBe(false);
  });
});

describe('git', () => {
  const exclude = () => readFileSync(path.join(project, '.git', 'info', 'exclude'), 'utf8');

  test('is told once to leave .everturn/ out, for a project below its top too', () => {
    git('init', '-q');
    claim();
    claim();
    expect(exclude().match(/\.everturn/g)).toHaveLength(1);
    const below = path.join(project, 'packages', 'one');
    mkdirSync(below, { recursive: true });
    folders = foldersOf(below);
    claim();
    expect(exclude()).toContain('/packages/one/.everturn/\n');
    expect(git('status', '--porcelain').toString()).toBe('');
  });

  test('of a worktree is told in the repository that all worktrees share', () => {
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const worktree = path.join(root, 'worktree');
    git('worktree', 'add', '-q', worktree);
    folders = foldersOf(worktree);
    claim();
    expect(exclude()).toContain('/.everturn/\n');
  });

  test('whose .git names a folder that does not name it back is not written to, and that is said', () => {
    const other = path.join(root, 'other');
    mkdirSync(other);
    execFileSync('git', ['init', '-q'], { cwd: other });
    const before = readFileSync(path.join(other, '.git', 'info', 'exclude'), 'utf8');
    writeFileSync(path.join(project, '.git'), `gitdir: ${path.join(other, '.git')}\n`);
    claim();
    expect(readFileSync(path.join(other, '.git', 'info', 'exclude'), 'utf8')).toBe(before);
    expect(said.join()).toContain('keep .everturn/ out of git yourself');
  });

  test('whose exclude file is a link is not written through', () => {
    git('init', '-q');
    const target = path.join(root, 'target');
    writeFileSync(target, 'as it was\n');
    rmSync(path.join(project, '.git', 'info', 'exclude'));
    symlinkSync(target, path.join(project, '.git', 'info', 'exclude'));
    claim();
    expect(readFileSync(target, 'utf8')).toBe('as it was\n');
    expect(said.join()).toContain('keep .everturn/ out of git yourself');
  });

  test('starts no program that the repository names', () => {
    git('init', '-q');
    const canary = path.join(root, 'canary');
    const program = path.join(root, 'program.sh');
    writeFileSync(program, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    git('config', 'core.fsmonitor', program);
    git('config', 'core.hooksPath', root);
    // The same call without our care starts it, so the test would notice.
    execFileSync('git', ['status'], { cwd: project, stdio: 'ignore' });
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);
    claim();
    expect(existsSync(canary)).toBe(false);
  });
});
