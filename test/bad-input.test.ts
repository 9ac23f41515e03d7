import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../store/database.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  const consoleFolder = await mkdtemp(path.join(os.tmpdir(), 'everturn-console-'));
  await writeFile(path.join(consoleFolder, 'index.html'), '<!doctype html><title>Console</title>');
  stack = await openStack({ arrivalMs: 1500, consoleFolder });
});
afterAll(() => stack.close());

const ask = (method: string, place: string, body?: string): Promise<Response> =>
  fetch(new URL(place, stack.baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${stack.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });

const expectRefused = async (response: Response, status: number, code: string, detail: RegExp): Promise<void> => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = (await response.json()) as { code: string; detail: string };
  expect([response.status, problem.code]).toEqual([status, code]);
  expect(problem.detail).toMatch(detail);
};

/** Whether the API answers others meanwhile. */
const whileAnswering = async <Result>(work: Promise<Result>): Promise<Result> => {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    // On a busy machine Postgres or Temporal may miss the deadline of this route, which is then answered 503.
    expect([200, 503]).toContain((await ask('GET', '/api/ready')).status);
  }
  return await ended;
};

const flow = (fields: string): string => `${fields}\nsteps:\n  - { id: a, kind: code, code: "1" }\n`;
const put = async (name: string, text: string): Promise<void> => {
  await mkdir(path.join(stack.workspace, '.everturn', 'flows'), { recursive: true });
  await writeFile(path.join(stack.workspace, '.everturn', 'flows', `${name}.yaml`), text);
};

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const manyKeys = (count: number): string => `{${Array.from({ length: count }, (_, n) => `"k${n}":1`).join(',')}}`;

/** Each route that takes free JSON, with the place where it stands. */
const holders: [route: string, wrap: (value: string) => string, place: string][] = [
  ['/api/runs', (value) => `{"flow":"plain","input":{"x":${value}}}`, 'body/input/x'],
  ['/api/runs', (value) => `{"script":"plain","args":${value}}`, 'body/args'],
  ['/api/runs/r_1/rerun', (value) => `{"input":{"x":${value}}}`, 'body/input/x'],
  ['/api/approvals/x', (value) => `{"decision":"approve","fields":{"x":${value}}}`, 'body/fields/x'],
  ['/api/sessions', (value) => `{"title":${value}}`, 'body/title'],
];

describe.each(holders)('%s', (route, wrap, place) => {
  test.each<[string, string, RegExp]>([
    ['JSON of 100,000 levels', deep(100_000), /must not be nested deeper than 100 levels/],
    ['50,000 keys', manyKeys(50_000), /must not have more than 10000 keys, it has 50000/],
    ['NUL', '"a\\u0000b"', /must not hold the character U\+0000/],
    ['NUL within', '{"b":["\\u0000"]}', /must not hold the character U\+0000/],
    ['half of a pair', '"\\ud800"', /half of a surrogate pair/],
    ['NUL in a key', '{"a\\u0000":1}', /has a key with U\+0000/],
    ['a number beyond 2^53', '9007199254740993', /the number 9007199254740993 cannot be kept exactly/],
    ['one within', '{"b":[1,-9007199254740993]}', /b\/1: the number -9007199254740993 cannot be kept exactly/],
    ['a number without end', '1e999', /the number 1e999 cannot be kept exactly/],
  ])('%s is refused with its place', async (_name, value, detail) => {
    const response = await ask('POST', route, wrap(value));
    await expectRefused(response, 400, 'bad_request', new RegExp(`${place}.*${detail.source}`));
  });
});

test.each([
  ['/api/sessions', '{"title":"a\\nb"}'],
  ['/api/sessions', '{"title":"a\\u001b[2J"}'],
  ['/api/sessions/s_1/fork', '{"title":"a\\u2028b"}'],
])('%s refuses a title of more than one line', async (route, body) => {
  await expectRefused(await ask('POST', route, body), 400, 'bad_request', /title: must be one line/);
});

test('a page is not asked for by a number that reading rounds', async () => {
  const page = async (before: string) => (await ask('GET', `/api/sessions/s_1/chunks?before=${before}`)).status;
  expect([await page('9007199254740991'), await page('9007199254740993')]).toEqual([404, 400]);
});

test.each([
  ['GET', '/api/sessions/%00'],
  ['DELETE', '/api/sessions/%00'],
  ['GET', '/api/runs/a%00b'],
  ['GET', '/api/flows/%00'],
  ['GET', '/api/runs/r_1/artifacts/%00'],
  ['GET', '/api/sessions?cursor=%00'],
  ['GET', '/api/sessions/%ff'],
])('%s %s has an error of its own', async (method, place) => {
  await expectRefused(await ask(method, place), 400, 'bad_request', /U\+0000|not a valid url/i);
});

test('a pattern of 30 letters does not stop the API', async () => {
  await put('slow', flow('name: slow\ninputs: { properties: { word: { type: string, pattern: "^(a+)+$" } } }'));
  const input = JSON.stringify({ flow: 'slow', input: { word: `${'a'.repeat(100_000)}!` } });
  await expectRefused(await whileAnswering(ask('POST', '/api/runs', input)), 422, 'input_invalid', /input\.word/);
});

test.each([
  ['1 MiB of [', '['.repeat(1024 * 1024)],
  [
    'aliases that multiply',
    `a: &a [x,x]\n${[...'bcdefghijklmnop'].map((name, n) => `${name}: &${name} [*${'abcdefghijklmnop'[n]},*${'abcdefghijklmnop'[n]}]`).join('\n')}`,
  ],
  ['300,000 aliases', `a: &a x\nb: [${'*a,'.repeat(300_000)}]`],
  ['80,000 keys', Array.from({ length: 80_000 }, (_, n) => `k${n}: 1`).join('\n')],
  ['a value that holds itself', 'name: &a [*a]'],
])('a flow file of %s is listed with its fault', async (_name, text) => {
  await put('odd', text);
  const response = await whileAnswering(ask('GET', '/api/flows'));
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(
    /nested too deeply|Excessive alias|at most 100 aliases|at most 50000 fields|deeper than 100/,
  );
});

/** Writes to a socket of its own and gives all that comes until the API closes it. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(stack.baseUrl);
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.setEncoding('utf8').on('data', (part) => {
      answer += part;
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
    socket.write(text);
  });

test('10,000 headers', async () => {
  const headers = Array.from({ length: 10_000 }, (_, n) => `x-${n}: 1`).join('\r\n');
  const answer = await raw(`GET /api/ready HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('"code":"headers_too_large"');
});

test.each([
  ['says nothing', ''],
  ['stops within its headers', 'GET /api/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a'],
  [
    'stops within its body',
    'POST /api/hooks/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
  ],
])('a socket that %s is closed', async (_name, text) => {
  expect(await raw(text)).toMatch(/^$|408|401/);
  expect((await ask('GET', '/api/ready')).status).toBe(200);
});

test('what a run wrote comes in a sandbox of its own, the console under its own policy', async () => {
  await put('plain', flow('name: plain'));
  const started = await ask('POST', '/api/runs', JSON.stringify({ flow: 'plain', input: {} }));
  const { id } = (await started.json()) as { id: string };
  await stack.store.artifacts.put(id, 'page.html', 'text/html', Buffer.from('<script>alert(1)</script>'));
  const artifact = await ask('GET', `/api/runs/${id}/artifacts/page.html`);
  expect(artifact.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(artifact.headers.get('content-disposition')).toMatch(/^attachment/);
  const console = await ask('GET', '/');
  expect(console.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

test('a disk of Postgres that is full is storage_full and retryable', async () => {
  const database = openDatabase({ url: stack.databaseUrl, patienceMs: 200 });
  try {
    await expect(
      database.query(
        `DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
      ),
    ).rejects.toMatchObject({ code: 'storage_full', retryable: true, status: 507 });
  } finally {
    await database.close();
  }
});
