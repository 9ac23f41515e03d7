import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify } from '../../runtime/processes.ts';
import { claimFolders } from '../supervisor/claim.ts';
import { type Folders, foldersOf } from '../supervisor/folders.ts';
import { openRecord } from '../supervisor/record.ts';
import type { Check } from './check.ts';
import { examine } from './examine.ts';

let folders: Folders;
beforeEach(() => {
  folders = foldersOf(mkdtempSync(path.join(tmpdir(), 'everturn-doctor-')));
});
afterEach(() => rmSync(folders.project, { recursive: true, force: true }));

const { DATABASE_URL: _url, TEMPORAL_ADDRESS: _address, ...source } = process.env;
const look = (env: Record<string, string> = {}): Promise<Check[]> =>
  examine({ ...source, EVERTURN_PROJECT: folders.project, ...env });
const named = (checks: Check[], name: string): Check[] => checks.filter((check) => check.name === name);

test('a machine that has everything, and a project that is new', async () => {
  const checks = await look();
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  const names = ['Node', 'ripgrep', 'disk', 'data', 'stack', 'everturn.yaml', 'model', 'Postgres', 'Temporal', 'Go'];
  expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect(named(checks, 'stack')).toEqual([{ name: 'stack', status: 'ok', found: 'does not run' }]);
});

test('a wrong everturn.yaml is told in full', async () => {
  writeFileSync(path.join(folders.project, 'everturn.yaml'), 'modls: []\n');
  expect(named(await look(), 'everturn.yaml')).toMatchObject([
    { status: 'fail', found: expect.stringContaining('everturn.yaml:1:1 modls') },
  ]);
});

test('a model whose key is not there', async () => {
  const text = 'keys: {a: {baseUrl: "http://h", apiKeyEnv: NO_SUCH_KEY}}\nmodels: [{key: a, model: m}]\n';
  writeFileSync(path.join(folders.project, 'everturn.yaml'), text);
  expect(named(await look({ EVERTURN_TRUST: '1' }), 'model')).toEqual([
    {
      name: 'model',
      status: 'fail',
      found: 'm: the variable NO_SUCH_KEY is not set',
      todo: 'Set NO_SUCH_KEY where you start Everturn',
    },
  ]);
  const [check] = named(await look({ NO_SUCH_KEY: 'canary', EVERTURN_TRUST: '1' }), 'model');
  expect(check?.status).toBe('ok');
  expect(JSON.stringify(check)).not.toContain('canary');
});

test('data of another version', async () => {
  mkdirSync(folders.postgres, { recursive: true });
  writeFileSync(path.join(folders.postgres, 'PG_VERSION'), '15\n');
  expect(named(await look(), 'data')).toMatchObject([
    { status: 'fail', found: expect.stringContaining('Postgres 15') },
  ]);
});

test('a port that is asked for and taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  const checks = await look({ EVERTURN_API_PORT: String(port) });
  holder.close();
  expect(named(checks, 'port')).toContainEqual({
    name: 'port',
    status: 'fail',
    found: `${port} for api is taken, and EVERTURN_API_PORT asks for it`,
    todo: 'Stop what listens there, or ask for another',
  });
});

test('what a killed supervisor left', async () => {
  claimFolders(folders);
  const child = spawn(process.execPath, ['-e', `console.log('on'); setInterval(() => {}, 1000)`]);
  await once(child.stdout, 'data');
  openRecord(folders.state).note('worker-1', child.pid ?? 0, 'worker-1-a');
  const checks = await look();
  child.kill('SIGKILL');
  expect(named(checks, 'stack')).toMatchObject([
    { status: 'warn', found: expect.stringContaining(`worker-1 (${child.pid})`) },
  ]);
});

test('servers of the user that do not answer', async () => {
  const checks = await look({ DATABASE_URL: 'postgresql://me:canary@127.0.0.1:9/db', TEMPORAL_ADDRESS: '127.0.0.1:9' });
  expect(named(checks, 'Postgres')).toMatchObject([{ status: 'fail', found: expect.stringContaining('127.0.0.1:9') }]);
  expect(named(checks, 'Temporal')).toMatchObject([{ status: 'fail', found: expect.stringContaining('ECONNREFUSED') }]);
  expect(JSON.stringify(checks)).not.toContain('canary');
});

test('a foreign folder: what it says is not used, what it brings is neither started nor believed', async () => {
  const canary = path.join(folders.project, 'canary');
  const bin = path.join(folders.project, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['temporal', 'go', 'git', 'ps', 'id'])
    writeFileSync(path.join(bin, name), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
  const program = `sandbox: { run: [touch, ${canary}], end: [touch, ${canary}] }`;
  writeFileSync(path.join(folders.project, 'everturn.yaml'), `commands: { ${program} }\n`);
  const self = identify(process.pid);
  mkdirSync(folders.run, { recursive: true });
  writeFileSync(folders.lock, JSON.stringify(self));
  const { PATH = '' } = process.env;
  process.env.PATH = [bin, './node_modules/.bin', PATH].join(path.delimiter);
  try {
    const checks = await look();
    expect(named(checks, 'everturn.yaml')).toMatchObject([
      { status: 'warn', found: expect.stringMatching(/not used/) },
    ]);
    expect(named(checks, 'stack')).toMatchObject([{ found: 'does not run' }]);
    expect(JSON.stringify(named(checks, 'commands'))).not.toContain('touch');
  } finally {
    process.env.PATH = PATH;
  }
  expect(existsSync(canary)).toBe(false);
});
