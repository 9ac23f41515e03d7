import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldersOf } from '../cli/supervisor/folders.ts';
import { shutDown } from '../cli/supervisor/shut-down.ts';
import { type RunningStack, readState, requireRunning } from '../cli/supervisor/state.ts';
import { startCli } from '../cli/testing/cli.ts';
import { type ApiClient, createApiClient } from '../client/api.ts';
import { createScriptedModel, type ScriptedModel } from './support/scripted-model.ts';
import { until } from './support/until.ts';

/** In each secret that a person hands to the stack. */
const mark = `canary${randomUUID().replaceAll('-', '')}`;
const given = {
  CANARY_PROVIDER_KEY: `sk-${mark}-provider`,
  CANARY_USER_TOKEN: `${mark}-user-token`,
  CANARY_HOOK_SECRET: `${mark}-hook-secret`,
  CANARY_OF_NO_USE: `${mark}-of-no-use`,
};

let project: string;
let model: ScriptedModel;
let running: RunningStack;
let api: ApiClient;
/** Beside those with the mark: what the stack made for itself. */
let made: string[];

const secretsIn = (text: string): string[] => [...made, mark].filter((secret) => text.includes(secret));

const flow = `name: hooked
inputs: { type: object }
webhook: { secretEnv: CANARY_HOOK_SECRET }
steps:
  - { id: a, kind: code, code: 'return 1' }
output: results.a.output
`;

beforeAll(async () => {
  project = realpathSync(mkdtempSync(path.join(tmpdir(), 'everturn-canaries-')));
  chmodSync(project, 0o755);
  model = await createScriptedModel();
  const yaml = `keys:
  provider: { baseUrl: "${model.url}", apiKeyEnv: CANARY_PROVIDER_KEY }
models:
  - { key: provider, model: scripted }
users:
  - { name: alice, tokenEnv: CANARY_USER_TOKEN }
`;
  writeFileSync(path.join(project, 'everturn.yaml'), yaml);
  mkdirSync(path.join(project, '.everturn', 'flows'), { recursive: true });
  writeFileSync(path.join(project, '.everturn', 'flows', 'hooked.yaml'), flow);
  const env = {
    ...given,
    EVERTURN_TRUST: '1',
    EVERTURN_PROJECT: project,
    DATABASE_URL: undefined,
    TEMPORAL_ADDRESS: undefined,
  };
  const { code, stderr } = await startCli(['up', '--detach', '--json'], { env }).ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  running = requireRunning(project);
  const { postgres, token } = foldersOf(project);
  made = [readFileSync(token, 'utf8').trim(), readFileSync(`${postgres}.password`, 'utf8').trim()];
  api = createApiClient({ baseUrl: running.apiUrl, token: running.token });
});
afterAll(async () => {
  await shutDown(project);
  await model?.close();
  rmSync(project, { recursive: true, force: true });
});

const runIn = async (argv: string[]): Promise<string> => {
  const key = randomUUID();
  const call = { name: 'run_command', arguments: JSON.stringify({ argv }) };
  model.script([{ reply: { toolCalls: [call] } }, { reply: { text: 'Done.' } }], key);
  const { id } = await api.createSession({ workspace: project, allow: ['run'] });
  await api.sendMessage(id, { text: key });
  await until('the turn to end', async () => (await api.getSession(id)).view.turns[1]?.status === 'completed', 60_000);
  return model.requests(key)[1]?.body.messages.at(-1)?.content ?? '';
};

test('the secrets work', async () => {
  await runIn(['true']);
  expect(model.requests().at(-1)?.headers.authorization).toBe(`Bearer ${given.CANARY_PROVIDER_KEY}`);
  const alice = createApiClient({ baseUrl: running.apiUrl, token: given.CANARY_USER_TOKEN });
  expect(await alice.listSessions()).toBeDefined();
  const answer = await fetch(`${running.apiUrl}/api/hooks/hooked`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'x-everturn-secret': given.CANARY_HOOK_SECRET,
    },
    body: '{}',
  });
  expect(answer.status).toBe(202);
});

test('a command finds none: in no process, no open file, no file of the stack', async () => {
  const script = `
    for p in /proc/[0-9]*; do
      tr '\\0' '\\n' < $p/environ; tr '\\0' ' ' < $p/cmdline; ls -l $p/fd; for f in $p/fd/*; do timeout 1 head -c 100000 $f < /dev/null; done
    done 2>/dev/null | grep -a -e canary -e postgresql:// -e EVERTURN_TOKEN
    env
    cat .everturn/token .everturn/data/postgres.password .everturn/run/state.json .everturn/logs/*.log; ls -A .everturn/data`;
  const text = await runIn(['sh', '-c', script]);
  expect(text).toContain('EVERTURN_CALL=');
  expect(secretsIn(text)).toEqual([]);
  // Within the script's own command line these words are found: the search does find what is there.
  expect(text).toContain('grep -a -e canary');
});

test('no process shows one to anybody, and no command line', () => {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const file of ['environ', 'cmdline']) {
      try {
        const secrets = secretsIn(readFileSync(`/proc/${pid}/${file}`, 'latin1'));
        if (secrets.length > 0) found.push(`${file} of ${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}: ${secrets}`);
      } catch {
        // It ended meanwhile.
      }
    }
  }
  expect(found).toEqual([]);
});

test('a provider that repeats the key in its refusal does not bring it into the transcript', async () => {
  const key = randomUUID();
  const error = { message: `Incorrect API key provided: ${given.CANARY_PROVIDER_KEY}`, type: 'invalid_request_error' };
  model.script([{ status: 401, error: { error } }], key);
  const { id } = await api.createSession({ workspace: project });
  await api.sendMessage(id, { text: key });
  await until('the turn to end', async () => (await api.getSession(id)).view.turns[1]?.status === 'failed', 60_000);
  const text = JSON.stringify([await api.getSession(id), await api.listChunks(id), await api.listSpans(id)]);
  expect(text).toContain('Incorrect API key');
  expect(secretsIn(text)).toEqual([]);
});

test('no answer of the API, no history, no log and no state has one', async () => {
  const headers = { authorization: `Bearer ${running.token}` };
  const read = async (route: string) => await (await fetch(`${running.apiUrl}${route}`, { headers })).text();
  const document = JSON.parse(await read('/api/openapi.json')) as { paths: Record<string, { get?: unknown }> };
  const { sessions } = await api.listSessions();
  const { runs } = JSON.parse(await read('/api/runs')) as { runs: { id: string }[] };
  expect([sessions.length > 0, runs.length > 0]).toEqual([true, true]);
  const routes = Object.entries(document.paths).flatMap(([route, { get }]) => {
    if (!get || route.endsWith('/events')) return [];
    const ids = (route.includes('/sessions/') ? sessions : runs).map(({ id }) => id);
    if (!route.includes('{')) return [route];
    return ids.map((id) => route.replace('{id}', id)).map((path) => path.replace(/\{(name|flow|script)\}/, 'hooked'));
  });
  expect(routes.length).toBeGreaterThan(10);
  for (const route of routes) expect([route, secretsIn(await read(route))]).toEqual([route, []]);

  const state = readState(foldersOf(project).state);
  const connection = await Connection.connect({ address: state.temporalAddress ?? '' });
  const client = new Client({ connection });
  let histories = 0;
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(history, (_key, value) =>
      typeof value === 'string' ? `${value} ${Buffer.from(value, 'base64')}` : value,
    );
    expect([workflowId, secretsIn(text)]).toEqual([workflowId, []]);
    histories += 1;
  }
  await connection.close();
  expect(histories).toBeGreaterThan(2);

  const { logs, state: stateFile } = foldersOf(project);
  const files = [...readdirSync(logs).map((name) => path.join(logs, name)), stateFile];
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) expect([file, secretsIn(readFileSync(file, 'utf8'))]).toEqual([file, []]);
});
