import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTemporalUi } from '../api/temporal-ui/proxy.ts';
import { createUiSessions } from '../api/temporal-ui/session.ts';
import { createOfflineModel } from '../offline/server.ts';
import { freePort, hiddenAddress } from '../runtime/ports.ts';
import { findTemporal } from '../temporal/find.ts';
import { type RunningTemporal, startTemporal } from '../temporal/server.ts';
import { chromiumPath } from '../ui/dev/browser.ts';
import { openStack, type Stack } from './support/stack.ts';

let temporal: RunningTemporal;
let connection: Connection;
let client: Client;
let ui: Awaited<ReturnType<typeof startTemporalUi>>;
let model: Awaited<ReturnType<typeof createOfflineModel>>;
let stack: Stack;
/** The attacker's page. */
let evil: Server;
/** Every port of the server that listens on 127.0.0.1, and those of ours. */
let ports: number[];

const listeningOf = (pid: number): number[] => {
  const sockets = execFileSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
  const inodes = new Set([...sockets.matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode));
  return readFileSync('/proc/net/tcp', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, , state, , , , , , inode]) =>
        state === '0A' && inodes.has(inode ?? '') && local?.startsWith('0100007F'),
    )
    .map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16));
};

beforeAll(async () => {
  const { path: binary } = await findTemporal({ progress: () => undefined });
  const hidden = await hiddenAddress();
  if (!hidden || !existsSync('/proc/net/tcp')) throw new Error('This test needs Linux');
  temporal = await startTemporal({
    binary,
    dbFile: null,
    port: await freePort(),
    uiPort: hidden.port,
    uiIp: hidden.ip,
  });
  connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
  await client.workflow.start('waiting', { workflowId: 'a-secret-id', taskQueue: 'nobody' });
  stack = await openStack();
  ui = await startTemporalUi({
    upstream: temporal.uiUrl ?? '',
    host: '127.0.0.1',
    port: await freePort(),
    sessions: createUiSessions(stack, stack.store.users, stack.baseUrl),
    allowedHosts: [],
  });
  model = await createOfflineModel();
  evil = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>evil</title>');
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  const ours = [ui.port, Number(new URL(model.url).port), Number(new URL(stack.baseUrl).port)];
  ports = [...listeningOf(temporal.pid), ...ours];
});
afterAll(async () => {
  evil.close();
  await stack.close();
  await model.close();
  await ui.close();
  await connection.close();
  await temporal.stop();
});

const batch = JSON.stringify({
  namespace: 'default',
  jobId: 'j',
  reason: 'x',
  visibilityQuery: '',
  terminationOperation: {},
});
const start = JSON.stringify({
  workflowId: 'from-a-page',
  workflowType: { name: 'turn' },
  taskQueue: { name: 'agents' },
});

type Seen = { port: number; path: string; status: number; type: string; text: string };

test('a page of another origin: by form, fetch and rebinding nothing starts, is listed or ends', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-evil-'));
  // The hosts entry of the attacker: his name leads to this machine.
  const args = ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP evil.example 127.0.0.1'];
  const browser = await chromium.launch({ executablePath: chromiumPath, args, headless: true, artifactsDir: folder });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://evil.example:${(evil.address() as AddressInfo).port}/`);
    expect(await page.title()).toBe('evil');
    for (const port of ports) {
      await page.evaluate(
        async ([port, start, batch]) => {
          const root = `http://127.0.0.1:${port}`;
          const posts = [
            ['/api/v1/namespaces/default/workflows/from-a-page', start],
            ['/api/v1/namespaces/default/batch-operations/j', batch],
            ['/api/sessions', '{}'],
            ['/v1/chat/completions', '{"model":"offline","messages":[]}'],
          ] as const;
          const tries = posts.map(([place, body]) =>
            fetch(root + place, {
              method: 'POST',
              mode: 'no-cors',
              credentials: 'include',
              headers: { 'content-type': 'text/plain' },
              body,
              signal: AbortSignal.timeout(3000),
            }).catch(() => undefined),
          );
          await Promise.all(tries);
          for (const [place, body] of posts) {
            const form = document.createElement('form');
            Object.assign(form, {
              action: root + place,
              method: 'post',
              enctype: 'text/plain',
              target: `t${Math.random()}`,
            });
            const input = document.createElement('input');
            Object.assign(input, { name: `${body.slice(0, -1)},"x":"`, value: '"}' });
            form.append(input);
            document.body.append(form);
            form.submit();
          }
        },
        [port, start, batch] as const,
      );
    }
    // Rebound: the same name, another port, so that the page is of the origin that it asks.
    const seen: Seen[] = [];
    for (const port of ports) {
      const rebound = await context.newPage();
      const arrived = await rebound.goto(`http://evil.example:${port}/`, { timeout: 5000 }).catch(() => null);
      if (!arrived) continue;
      const answers = await rebound.evaluate(
        async ([port, start, batch]) => {
          const tries: [string, RequestInit][] = [
            ['/api/v1/namespaces/default/workflows', {}],
            ['/api/v1/namespaces/default/workflows/from-a-page', { method: 'POST', body: start }],
            ['/api/v1/namespaces/default/batch-operations/j', { method: 'POST', body: batch }],
            ['/api/health', {}],
            ['/api/sessions', { method: 'POST', body: '{}' }],
            ['/v1/models', {}],
          ];
          return await Promise.all(
            tries.map(async ([path, init]) => {
              const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(3000) }).catch(() => null);
              const text = (await answer?.text()) ?? '';
              return { port, path, status: answer?.status ?? 0, type: answer?.headers.get('content-type') ?? '', text };
            }),
          );
        },
        [port, start, batch] as const,
      );
      seen.push(...answers);
      await rebound.close();
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter(({ status }) => status >= 200 && status < 300)).toEqual([]);
    expect(seen.filter(({ text }) => text.includes('a-secret-id'))).toEqual([]);
    expect(await context.cookies()).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const { status } = await client.workflow.getHandle('a-secret-id').describe();
  expect(status.name).toBe('RUNNING');
  await expect(client.workflow.getHandle('from-a-page').describe()).rejects.toThrow('not found');
  expect((await stack.api.listSessions()).sessions).toEqual([]);
});

describe('the door of Temporal UI', () => {
  const ask = (method: string, place: string, headers: Record<string, string>, body = '') =>
    new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: ui.port, method, path: place, headers }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += String(part);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const list = '/api/v1/namespaces/default/workflows';
  const origin = () => `http://127.0.0.1:${ui.port}`;
  const enter = async () => {
    const form = { origin: origin(), 'content-type': 'application/x-www-form-urlencoded' };
    const entered = await ask('POST', '/everturn-entrance', form, `token=${stack.token}`);
    expect(entered.status).toBe(303);
    return String(entered.headers['set-cookie']).split(';')[0] ?? '';
  };

  test('the console gets a session for its token', async () => {
    await expect(stack.api.openTemporalUi()).resolves.toBeUndefined();
    const headers = { authorization: `Bearer ${stack.token}` };
    const answer = await fetch(`${stack.baseUrl}/api/temporal-ui/session`, { method: 'POST', headers });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^everturn_temporal_ui=u\w+\.\d+\.\w+; .*HttpOnly; SameSite=Strict$/,
    );
  });

  test('a person with the token sees the workflows and the page', async () => {
    const cookie = await enter();
    const listed = await ask('GET', list, { cookie });
    expect(listed).toMatchObject({ status: 200, text: expect.stringContaining('a-secret-id') });
    expect(await ask('GET', '/namespaces/default/workflows', { cookie })).toMatchObject({ status: 200 });
  });

  test('an admin sees them until their access ends or their role is lower', async () => {
    const sessionOf = async (name: string): Promise<string> => {
      const { token } = await stack.api.addUser({ name, role: 'admin' });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${stack.baseUrl}/api/temporal-ui/session`, { method: 'POST', headers });
      return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    };
    const [removed, lowered] = [await sessionOf('removed'), await sessionOf('lowered')];
    for (const cookie of [removed, lowered]) expect((await ask('GET', list, { cookie })).status).toBe(200);
    await stack.api.removeUser('removed');
    await stack.api.changeUser('lowered', { role: 'operator' });
    for (const cookie of [removed, lowered]) expect((await ask('GET', list, { cookie })).status).toBe(401);
  });

  test('nobody else', async () => {
    const cookie = await enter();
    expect((await ask('GET', list, {})).status).toBe(401);
    expect((await ask('GET', list, { cookie: `${cookie}0` })).status).toBe(401);
    expect((await ask('POST', '/everturn-entrance', { origin: origin() }, 'token=wrong')).status).toBe(401);
    const foreign: Record<string, string>[] = [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ];
    for (const headers of foreign) {
      expect((await ask('GET', list, { cookie, ...headers })).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await ask('POST', list, { cookie })).status).toBe(403);
  });
});
