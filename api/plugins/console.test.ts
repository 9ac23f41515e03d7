import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerCompression } from './compression.ts';
import { registerConsole } from './console.ts';
import { registerProblems } from './problems.ts';

const page = '<!doctype html><title>Everturn</title>';
const script = 'export const words = "the same again and again ";'.repeat(100);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(`${process.env.TMPDIR ?? '/tmp'}/everturn-console-files-`);
  await writeFile(`${folder}/index.html`, page);
  await writeFile(`${folder}/main-abcdefgh.js`, script);
  await writeFile(`${folder}/main-abcdefgh.js.br`, brotliCompressSync(script));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async (consoleFolder = folder) => {
  const app = fastify();
  registerProblems(app);
  await registerCompression(app);
  app.get('/api/long', () => ({ rows: Array.from({ length: 500 }, (_, row) => ({ row, text: 'the same' })) }));
  app.get('/api/short', () => ({ ok: true }));
  await registerConsole(app, consoleFolder);
  return app;
};
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('a browser that opens an address which does not exist gets the console, with 404', async () => {
  const app = await start();
  for (const url of ['/nowhere', '/nowhere/at/all?q=1', '/robots.txt', '/s']) {
    const answer = await app.inject({ url, headers: browser });
    expect([url, answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      url,
      404,
      expect.stringContaining('text/html'),
      page,
    ]);
  }
  for (const url of ['/', '/s/s1', '/r/r1']) expect((await app.inject({ url, headers: browser })).statusCode).toBe(200);
});

test('clients, and everything below /api, get the error as JSON', async () => {
  const app = await start();
  const asked = [
    { url: '/nowhere' },
    { url: '/assets/gone-12345678.js', headers: { accept: '*/*' } },
    { url: '/api/nowhere', headers: browser },
    { url: '/nowhere', method: 'POST' as const, headers: browser },
  ];
  for (const request of asked) {
    const answer = await app.inject(request);
    expect([request.url, answer.statusCode, answer.json().code]).toEqual([request.url, 404, 'not_found']);
  }
});

test('without a console, or with one that lacks its page, a missing page is an error too', async () => {
  const none = await start(`${folder}/none`);
  expect((await none.inject({ url: '/nowhere', headers: browser })).json().code).toBe('not_found');
  await rm(`${folder}/index.html`);
  const broken = await start();
  expect((await broken.inject({ url: '/nowhere', headers: browser })).statusCode).toBe(404);
});

test('JSON is compressed for who takes it and when it is long; files come as the build compressed them', async () => {
  const app = await start();
  const plain = await app.inject('/api/long');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const gzip = await app.inject({ url: '/api/long', headers: { 'accept-encoding': 'gzip' } });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body);
  const brotli = await app.inject({ url: '/api/long', headers: { 'accept-encoding': 'br, gzip' } });
  expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(plain.body);
  expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length / 5);
  const short = await app.inject({ url: '/api/short', headers: { 'accept-encoding': 'gzip' } });
  expect(short.headers['content-encoding']).toBeUndefined();

  const file = await app.inject({ url: '/main-abcdefgh.js', headers: { 'accept-encoding': 'br' } });
  expect([file.headers['content-encoding'], file.headers['content-type'], file.headers['cache-control']]).toEqual([
    'br',
    expect.stringContaining('javascript'),
    expect.stringContaining('immutable'),
  ]);
  expect(brotliDecompressSync(file.rawPayload).toString()).toBe(script);
  expect((await app.inject('/main-abcdefgh.js')).body).toBe(script);
});
