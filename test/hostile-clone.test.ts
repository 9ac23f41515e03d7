import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldersOf } from '../cli/supervisor/folders.ts';
import { findRunning, readState } from '../cli/supervisor/state.ts';
import { jsonLines, startCli } from '../cli/testing/cli.ts';
import { createApiClient } from '../client/api.ts';
import { buildHostile } from './hostile/build.ts';
import { until } from './support/until.ts';

let root: string;
let clone: string;
let canary: string;
let outside: string;
let listener: Server;
let contacts = 0;

const foreign = /^(EVERTURN_|TEMPORAL_|DATABASE_URL$)/;
const clean = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => foreign.test(name))
    .map((name) => [name, undefined]),
);
const everturn = async (...args: string[]) => {
  const secrets = { PERSON_KEY: 'sk-person', HOOK_SECRET: 'hook-secret-hook-secret', MALLORY_TOKEN: 'm'.repeat(40) };
  return await startCli(args, { env: { ...clean, ...secrets, EVERTURN_PROJECT: clone } }).ended;
};

beforeAll(async () => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'everturn-hostile-')));
  // Under root, Postgres runs as another user, who must be able to pass.
  chmodSync(root, 0o711);
  canary = path.join(root, 'canary');
  outside = path.join(root, 'outside');
  mkdirSync(outside);
  listener = createServer((_request, response) => {
    contacts += 1;
    response.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  buildHostile(path.join(root, 'origin'), { canary, outside, url });
  clone = path.join(root, 'clone');
  execFileSync('git', ['clone', '-q', path.join(root, 'origin'), clone]);
});
afterAll(async () => {
  await everturn('down');
  listener.close();
  rmSync(root, { recursive: true, force: true });
});

/** A whole stack comes up and goes down, several commands beside. */
const limitMs = 400_000;

const nothingHappened = (): void => {
  expect(existsSync(canary)).toBe(false);
  expect(readdirSync(outside)).toEqual([]);
  expect(contacts).toBe(0);
};

test(
  'a clone with a data folder does not start, and says what to do',
  async () => {
    const { code, stdout } = await everturn('up', '--json');
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      error: { code: 'data_foreign', message: expect.stringContaining('git tracks it') },
    });
    expect(code).toBe(5);
    // The same without git: an archive that was unpacked.
    rmSync(path.join(clone, '.git'), { recursive: true });
    const unpacked = await everturn('up', '--json');
    expect(jsonLines(unpacked.stdout).at(-1)).toMatchObject({
      error: { code: 'data_foreign', message: expect.stringContaining('everturn trust --data') },
    });
    nothingHappened();
  },
  limitMs,
);

test(
  'without its data it starts and runs nothing; `everturn trust` shows all that it would allow',
  async () => {
    rmSync(clone, { recursive: true });
    execFileSync('git', ['clone', '-q', path.join(root, 'origin'), clone]);
    execFileSync('git', ['checkout', '-q', 'HEAD~1'], { cwd: clone });
    const up = await everturn('up', '--detach', '--json');
    const told = jsonLines(up.stdout).map(({ words }) => String(words ?? ''));
    expect({ code: up.code, told: told.join('\n') }).toMatchObject({
      code: 0,
      told: expect.stringMatching(/everturn\.yaml is not used[\s\S]*waiting: .*1 schedule, 1 webhook, 2 permissions/),
    });
    const running = findRunning(clone);
    if (!running) throw new Error('It does not run');
    expect(running.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(running.token).not.toContain('mallory');
    const api = createApiClient({ baseUrl: running.apiUrl, token: running.token });
    expect((await api.health()).model.offline).toBe(true);

    // The person's own act, answered by the built-in agent and model.
    const session = await api.createSession({});
    expect(session).toMatchObject({ agent: 'default', model: 'offline' });
    await api.sendMessage(session.id, { text: 'Which files are here?' });
    await until('the reply', async () => (await api.getSession(session.id)).session.status === 'idle');

    const hook = (headers: Record<string, string>) =>
      fetch(`${running.apiUrl}/api/hooks/every-minute`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await hook({ 'x-everturn-secret': 'hook-secret-hook-secret' })).status).toBe(401);
    const asMallory = await fetch(`${running.apiUrl}/api/sessions`, {
      headers: { authorization: `Bearer ${'m'.repeat(40)}` },
    });
    expect(asMallory.status).toBe(401);
    const address = readState(foldersOf(clone).state).temporalAddress ?? '';
    const connection = await Connection.connect({ address });
    const schedules: string[] = [];
    for await (const { scheduleId } of new Client({ connection }).schedule.list()) schedules.push(scheduleId);
    await connection.close();
    expect(schedules).toEqual([]);
    expect((await api.listRuns()).runs).toEqual([]);

    const shown = await everturn('trust');
    expect(shown.code).toBe(6);
    for (const words of [
      /prompts and replies of the key evil go to http:\/\/127\.0\.0\.1:\d+\/v1, with the secret of PERSON_KEY/,
      /commands see the variable PERSON_KEY/,
      /is the user mallory/,
      /starts the flow every-minute by itself at "\* \* \* \* \*"/,
      /POST \/api\/hooks\/every-minute/,
      /the agent worker writes files and runs commands without asking/,
      /replaces the built-in agent default/,
      /the program node server\.mjs runs in tools with NODE_OPTIONS=--import=\.\/evil\.mjs as the MCP server helper/,
      /agents may, unasked: allow kind run/,
      /build, compile or typecheck of package\.json runs after steps that write/,
      /agents get the tool in helper\.ts, which runs as a program of yours/,
      /agents see the skill helper, and follow it/,
    ])
      expect(shown.stdout).toMatch(words);
    expect(await api.getTrust()).toMatchObject({ trusted: false });
    expect(readFileSync(path.join(clone, '.git', 'info', 'exclude'), 'utf8')).toContain('/.everturn/');
    nothingHappened();
    await everturn('down');
  },
  limitMs,
);
