import { chmod, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { McpServer } from '../../../../contracts/mcp.ts';
import { startProtectedServer } from '../../../../test/support/protected-mcp-server.ts';
import { createVisitor } from '../../../../test/support/visitor.ts';
import { openUnconfined } from '../../confine/tracked.ts';
import { temporaryFolder } from '../../test-context.ts';
import { keepServer } from '../keep-server.ts';
import { loginAtServer, logoutOf } from './login.ts';
import { openLogin } from './login-file.ts';

let server: Awaited<ReturnType<typeof startProtectedServer>>;
beforeAll(async () => {
  server = await startProtectedServer();
});
afterAll(() => server.close());

const configOf = (fields: object = {}) => McpServer.parse({ url: server.url, local: true, ...fields });

const signIn = async (folder: string, person = 'ada', config = configOf()) => {
  const visitor = createVisitor();
  return await loginAtServer({
    name: 'remote',
    config,
    folder,
    value: () => undefined,
    signal: AbortSignal.timeout(60_000),
    show: (url) => {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      void visitor.goTo(url.href, person, back.href).then((address) => visitor.visit(address));
    },
  });
};

/** The server as a worker of its own keeps it. */
const open = async (folder: string) => {
  const faults: string[] = [];
  const kept = keepServer(
    {
      name: 'remote',
      config: configOf(),
      project: folder,
      environment: { confinement: openUnconfined(null), base: {}, value: () => undefined, logins: folder },
    },
    { offered: async () => undefined, failed: async (fault) => void faults.push(fault) },
  );
  onTestFinished(() => kept.close());
  await kept.asked;
  const call = async (): Promise<unknown> =>
    await kept.call({
      own: 'hello',
      args: {},
      signal: new AbortController().signal,
      idempotencyKey: 'k',
      onOutput: () => undefined,
    });
  return { faults, call };
};

const hello = { content: [{ type: 'text', text: 'hello' }] };

test('a server that needs a login says how to give it', async () => {
  const { faults } = await open(await temporaryFolder());
  expect(faults).toEqual([`${server.url} needs a login; sign in with: npx everturn mcp login remote`]);
});

test('a person signs in; the login is theirs alone, and is renewed once for all workers', async () => {
  const folder = await temporaryFolder();
  const { file } = await signIn(folder);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const [one, other] = [await open(folder), await open(folder)];
  expect(await one.call()).toEqual(hello);
  const first = JSON.parse(await readFile(file, 'utf8')).tokens;
  const before = server.refreshes();
  server.expire();
  expect(await Promise.all([one.call(), other.call(), one.call(), other.call()])).toEqual([hello, hello, hello, hello]);
  expect(server.refreshes() - before).toBe(1);
  const second = JSON.parse(await readFile(file, 'utf8')).tokens;
  expect(second.access_token).not.toBe(first.access_token);
  expect(second.refresh_token).not.toBe(first.refresh_token);
});

test('a login that is over says so, and can be given anew', async () => {
  const folder = await temporaryFolder();
  await signIn(folder);
  const login = openLogin(server.url, folder);
  login.change({ tokens: { access_token: 'old', token_type: 'Bearer', refresh_token: 'stolen and revoked' } });
  const { faults } = await open(folder);
  expect(faults[0]).toContain('the login is over; sign in with: npx everturn mcp login remote');
  await signIn(folder);
  expect(await (await open(folder)).call()).toEqual(hello);
});

test('no other address gets the login, nor is a file used that others can read', async () => {
  const folder = await temporaryFolder();
  const { file } = await signIn(folder);
  expect(openLogin(`${server.url}/other`, folder).read()).toBeNull();
  await chmod(file, 0o644);
  expect((await open(folder)).faults[0]).toContain('others can read it (mode 644)');
});

test('an answer of another attempt, and one that refuses, are not taken', async () => {
  const folder = await temporaryFolder();
  const attempt = (answer: Record<string, string>) =>
    loginAtServer({
      name: 'remote',
      config: configOf(),
      folder,
      value: () => undefined,
      signal: AbortSignal.timeout(60_000),
      show: (url) => {
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        const state = answer.state ?? url.searchParams.get('state') ?? '';
        void fetch(`${back.href}?${new URLSearchParams({ ...answer, state })}`);
      },
    });
  await expect(attempt({ code: 'of somebody else', state: 'forged' })).rejects.toThrow(
    'Cannot sign in at remote: the answer belongs to another attempt; try again',
  );
  await expect(attempt({ error: 'access_denied' })).rejects.toThrow(
    'Cannot sign in at remote: it answered "access_denied"',
  );
  expect(openLogin(server.url, folder).read()).toBeNull();
});

test('an address is pasted that a browser on another machine could not open', async () => {
  const folder = await temporaryFolder();
  const complaints: string[] = [];
  const lines = Promise.withResolvers<string[]>();
  await loginAtServer({
    name: 'remote',
    config: configOf(),
    folder,
    value: () => undefined,
    signal: AbortSignal.timeout(60_000),
    show: (url) => {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      void createVisitor()
        .goTo(url.href, 'ada', back.href)
        .then((address) => {
          const forged = new URL(address);
          forged.searchParams.set('state', 'forged');
          const cut = `${back.href}?state=${url.searchParams.get('state')}`;
          lines.resolve(['', 'yes', 'https://evil.example/callback?code=1', cut, forged.href, `  "${address}"\r`]);
        });
    },
    pasted: {
      lines: {
        async *[Symbol.asyncIterator]() {
          yield* await lines.promise;
        },
      },
      complain: (why) => complaints.push(why.split('.')[0] ?? ''),
    },
  });
  expect(complaints).toEqual([
    'That is not an address',
    'That is another address',
    'That address has neither a code nor an error',
    'That address belongs to another attempt',
  ]);
  expect(await (await open(folder)).call()).toEqual(hello);
});

test('what needs no login says so; a login can be forgotten', async () => {
  const folder = await temporaryFolder();
  await expect(signIn(folder, 'ada', McpServer.parse({ command: ['a'] }))).rejects.toThrow(
    'it is a program, not a server over HTTP',
  );
  expect(logoutOf(configOf(), folder)).toBe(false);
  await signIn(folder);
  expect(logoutOf(configOf(), folder)).toBe(true);
  expect((await open(folder)).faults[0]).toContain('needs a login');
});
