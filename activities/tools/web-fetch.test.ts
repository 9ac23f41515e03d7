import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { testContext } from './test-context.ts';
import { createWebFetch } from './web-fetch.ts';

const open = createWebFetch(() => true);
const closed = createWebFetch();

/** A real server; its port. */
const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const answering = (type: string, body: string | Buffer, more: Record<string, string> = {}): RequestListener => {
  return (_request, response) => response.writeHead(200, { 'content-type': type, ...more }).end(body);
};

test('gives the text of a page, and other text as it is', async () => {
  const context = await testContext();
  const html = await serve(answering('text/html', '<title>T</title><h1>Head</h1><p>One &amp; two<script>x</script>'));
  expect(await open.run({ url: `http://127.0.0.1:${html}/` }, context)).toEqual({
    status: 'ok',
    text: 'T\n\n# Head\n\nOne & two',
  });
  const json = await serve(answering('application/json', gzipSync('{"a": "ä"}'), { 'content-encoding': 'gzip' }));
  expect((await open.run({ url: `http://127.0.0.1:${json}/` }, context)).text).toBe('{"a": "ä"}');
  const latin = await serve(answering('text/plain; charset=iso-8859-1', Buffer.from('ä', 'latin1')));
  expect((await open.run({ url: `http://127.0.0.1:${latin}/` }, context)).text).toBe('ä');
});

test('gives a long text in windows, and at most 2 MB, counted when unpacked', async () => {
  const context = await testContext();
  const port = await serve(answering('text/plain', gzipSync('x'.repeat(30_000_000)), { 'content-encoding': 'gzip' }));
  const url = `http://127.0.0.1:${port}/`;
  const first = await open.run({ url }, context);
  expect(first.text).toMatch(
    /^x{50000}\n\[1950000 more characters\. Continue with offset 50000\.\]\n\[The page is longer/,
  );
  const last = await open.run({ url, offset: 1_999_990 }, context);
  expect(last.text).toMatch(/^x{10}\n\[The page is longer than 2 MB: the rest was not read\.\]$/);
});

test('follows five redirects and no more', async () => {
  const port = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
    else response.writeHead(200, { 'content-type': 'text/plain' }).end('there');
  });
  const context = await testContext();
  const at = (left: number) => open.run({ url: `http://127.0.0.1:${port}/${left}` }, context);
  expect((await at(5)).text).toBe(`[Redirected to http://127.0.0.1:${port}/0]\nthere`);
  expect((await at(6)).text).toMatch(/it redirects more than 5 times$/);
});

test('connects to public addresses alone, whatever name or redirect leads elsewhere', async () => {
  let requests = 0;
  const port = await serve((_request, response) => {
    requests += 1;
    response.end('secret');
  });
  const context = await testContext();
  for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    const { status, text } = await closed.run({ url: `http://${host}:${port}/` }, context);
    expect([host, status, text]).toEqual([host, 'error', expect.stringMatching(/is not a public address|ENOTFOUND/)]);
  }
  expect(requests).toBe(0);

  const first = await serve((_request, response) =>
    response.writeHead(307, { location: `http://localhost:${port}/` }).end(),
  );
  let asked = 0;
  // The address of the first hop is let through, every later one is not.
  const once = createWebFetch(() => asked++ === 0);
  const { text } = await once.run({ url: `http://127.0.0.1:${first}/` }, context);
  expect(text).toMatch(/localhost is at (127\.0\.0\.1|::1), which is not a public address/);
  expect(requests).toBe(0);
});

test('says what is wrong', async () => {
  const context = await testContext();
  const why = async (url: string) => {
    const { status, text } = await open.run({ url }, context);
    expect(status).toBe('error');
    return text.replace(/^Cannot fetch ".*?": /, '');
  };
  expect(await why('example')).toBe('"example" is not a URL; use one that begins with https://');
  expect(await why('file:///etc/passwd')).toBe('"file:" is not fetched; only http: and https: are');
  expect(await why('http://a:b@127.0.0.1/')).toContain('a user name or a password');
  const missing = await serve((_request, response) => response.writeHead(404).end('no'));
  expect(await why(`http://127.0.0.1:${missing}/`)).toBe(`127.0.0.1:${missing} answered 404 Not Found`);
  const image = await serve(answering('image/png', 'x'));
  expect(await why(`http://127.0.0.1:${image}/`)).toBe('it is of the type image/png; only text can be fetched');
  const binary = await serve(answering('text/plain', 'a\0b'));
  expect(await why(`http://127.0.0.1:${binary}/`)).toBe('it is binary (3 bytes); only text can be fetched');
  const broken = await serve((request) => request.socket.destroy());
  expect(await why(`http://127.0.0.1:${broken}/`)).toBe('socket hang up');
});

test('a cancelled fetch ends at once', async () => {
  const cancel = new AbortController();
  const port = await serve(() => cancel.abort(new Error('cancelled')));
  const context = await testContext({ signal: cancel.signal });
  await expect(open.run({ url: `http://127.0.0.1:${port}/` }, context)).rejects.toThrow('cancelled');
});
