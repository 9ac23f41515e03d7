import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callbackPath, createOidc, roleOfClaim } from '../api/access/oidc.ts';
import { secretHash } from '../api/secrets.ts';
import type { OidcConfig } from '../contracts/config/access.ts';
import { freePort } from '../runtime/ports.ts';
import { type IdentityProvider, startIdentityProvider } from './support/identity-provider.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';
import { createVisitor, type Visitor } from './support/visitor.ts';

const persons = {
  ada: { email: 'ada@example.com', groups: ['staff', 'agents-admins', 'agents-viewers'] },
  vera: { email: 'vera@example.com', groups: 'agents-viewers' },
  otto: { email: 'otto@example.com', groups: ['agents-operators'] },
  guest: { email: 'guest@example.com', groups: ['staff'] },
  none: { email: 'none@example.com' },
  odd: { email: 'odd@example.com', groups: ['__proto__', 'constructor'] },
  unverified: { email: 'ada@example.com', emailVerified: false, groups: ['agents-admins'] },
  owner: { email: 'owner', groups: ['agents-admins'] },
  taken: { email: 'token-holder', groups: ['agents-admins'] },
  blank: { email: 'ada example', groups: ['agents-admins'] },
};
const roles = { 'agents-admins': 'admin', 'agents-operators': 'operator', 'agents-viewers': 'viewer' } as const;
const client = { 'x-everturn-client': '1' };

let stack: Stack;
let provider: IdentityProvider;
beforeAll(async () => {
  let config: OidcConfig | undefined;
  const port = await freePort();
  provider = await startIdentityProvider(`http://127.0.0.1:${port}${callbackPath}`, persons);
  config = {
    ...{ issuer: provider.issuer, clientId: provider.clientId, scope: 'openid email profile', loginHours: 1 },
    ...{ nameClaim: 'email', roleClaim: 'groups', roles },
  };
  stack = await openStack({
    port,
    login: (consoleUrl) => ({ oidc: createOidc({ config, secret: null, consoleUrl }), hours: 1 }),
  });
});
afterAll(async () => {
  await stack.close();
  await provider.close();
});

const back = () => `${stack.baseUrl}${callbackPath}`;
const comeBack = async (person: keyof typeof persons, visitor = createVisitor()) => {
  const address = await visitor.goTo(`${stack.baseUrl}/api/login`, person, back());
  return { visitor, address };
};
const signIn = async (person: keyof typeof persons): Promise<Visitor> => {
  const { visitor, address } = await comeBack(person);
  const answer = await visitor.visit(address);
  expect([answer.status, answer.headers.location], answer.body).toEqual([302, '/']);
  return visitor;
};
const codeOf = ({ body }: { body: string }): string => (JSON.parse(body) as { code: string }).code;
const health = (visitor: Visitor, headers: Record<string, string> = client) =>
  visitor.visit(`${stack.baseUrl}/api/health`, { headers });
const post = (visitor: Visitor, headers: Record<string, string>) =>
  visitor.visit(`${stack.baseUrl}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ workspace: stack.workspace }),
  });

describe('signing in at a real provider', () => {
  test.each([
    ['ada', 'ada@example.com', 'admin', 'of several groups the highest counts'],
    ['otto', 'otto@example.com', 'operator', 'a list'],
    ['vera', 'vera@example.com', 'viewer', 'a text'],
  ] as const)('gives %s the role of the claim (%s, %s: %s)', async (person, name, role, _why) => {
    const visitor = await signIn(person);
    expect(JSON.parse((await health(visitor)).body).user).toEqual({ name, role });
    expect((await stack.api.listAudit({ user: name, action: 'user.login' })).records[0]).toMatchObject({
      target: name,
      role,
    });
  });

  test.each(['guest', 'none', 'odd', 'unverified', 'blank'] as const)('lets %s not in', async (person) => {
    const { visitor, address } = await comeBack(person);
    const answer = await visitor.visit(address);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'login_failed']);
    expect(visitor.cookies.has('everturn-login')).toBe(false);
  });

  test('under the name of a user with a token is refused, as is a token under the name of who signed in', async () => {
    await stack.api.addUser({ name: 'token-holder', role: 'viewer' });
    for (const person of ['owner', 'taken'] as const) {
      const { visitor, address } = await comeBack(person);
      expect(codeOf(await visitor.visit(address))).toBe('user_exists');
      expect(visitor.cookies.has('everturn-login')).toBe(false);
    }
    await signIn('otto');
    const added = stack.api.addUser({ name: 'otto@example.com', role: 'admin' });
    await expect(added).rejects.toMatchObject({ code: 'user_exists' });
  });

  test('gives a cookie that scripts and other sites do not get, and of which only a hash is kept', async () => {
    const visitor = await signIn('vera');
    const cookie = visitor.given.findLast((line) => line.startsWith('everturn-login='));
    for (const attribute of [/HttpOnly/i, /SameSite=Strict/i, /Path=\//i, /Max-Age=3600/i])
      expect(cookie).toMatch(attribute);
    const secret = visitor.cookies.get('everturn-login') ?? '';
    const rows = await stack.store.database.query<{ row: string }>('SELECT credentials::text AS row FROM credentials');
    expect(rows.filter(({ row }) => row.includes(secret))).toEqual([]);
    expect(rows.some(({ row }) => row.includes(secretHash(secret)))).toBe(true);
    expect(visitor.cookies.has('everturn-login-attempt')).toBe(false);
  });
});

describe('an answer of the provider', () => {
  test('is taken in the browser that began, and once', async () => {
    const { visitor, address } = await comeBack('ada');
    const thief = createVisitor();
    expect(codeOf(await thief.visit(address))).toBe('login_failed');
    const other = createVisitor();
    await other.visit(`${stack.baseUrl}/api/login`);
    expect(codeOf(await other.visit(address))).toBe('login_failed');
    expect((await visitor.visit(address)).status).toBe(302);
    const again = createVisitor();
    await again.visit(`${stack.baseUrl}/api/login`);
    expect(codeOf(await again.visit(address))).toBe('login_failed');
    for (const refused of [thief, other, again]) expect(refused.cookies.has('everturn-login')).toBe(false);
  });

  test.each<[string, (url: URL) => void]>([
    ['another state', (url) => url.searchParams.set('state', 'x')],
    ['no state', (url) => url.searchParams.delete('state')],
    ['another code', (url) => url.searchParams.set('code', 'x')],
    ['no code', (url) => url.searchParams.delete('code')],
    ['another issuer', (url) => url.searchParams.set('iss', 'https://evil.example')],
    ['a refusal', (url) => url.searchParams.set('error', 'access_denied')],
  ])('with %s is refused', async (_, change) => {
    const { visitor, address } = await comeBack('ada');
    const url = new URL(address);
    change(url);
    expect(codeOf(await visitor.visit(url.href))).toBe('login_failed');
    expect(visitor.cookies.has('everturn-login')).toBe(false);
  });

  test.each(['', 'x', 'e30', Buffer.from('{"state":1}').toString('base64url'), 'A'.repeat(3000)])(
    'with the forged cookie of an attempt is refused: %s',
    async (forged) => {
      const { visitor, address } = await comeBack('ada');
      visitor.cookies.set('everturn-login-attempt', forged);
      expect(codeOf(await visitor.visit(address))).toBe('login_failed');
    },
  );
});

describe('a login', () => {
  test('is no use to a page of another site: form, fetch, image', async () => {
    const visitor = await signIn('ada');
    // Whatever a browser would send along: even with the cookie, and even without an Origin.
    expect(codeOf(await post(visitor, {}))).toBe('unauthorized');
    expect(codeOf(await post(visitor, { origin: 'https://evil.example', ...client }))).toBe('forbidden_origin');
    expect(codeOf(await post(visitor, { origin: 'null', ...client }))).toBe('forbidden_origin');
    expect(codeOf(await health(visitor, {}))).toBe('unauthorized');
    const form = await visitor.visit(`${stack.baseUrl}/api/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin: stack.baseUrl, ...client },
      body: '{}',
    });
    expect(codeOf(form)).toBe('unsupported_media_type');
    // A browser asks first, and gets no leave.
    const preflight = await visitor.visit(`${stack.baseUrl}/api/sessions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-headers': 'x-everturn-client' },
    });
    expect(preflight.status).toBe(403);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    expect((await post(visitor, { origin: stack.baseUrl, ...client })).status).toBe(201);
  });

  test.each<[string, (secret: string) => string]>([
    ['empty', () => ''],
    ['another', () => 'A'.repeat(43)],
    ['its hash', secretHash],
    ['one character more', (secret) => `${secret}A`],
    ['in quotes with a NUL', () => '%00'],
    ['very long', () => 'x'.repeat(7000)],
  ])('is not to be forged: %s', async (_, forge) => {
    const visitor = await signIn('vera');
    const secret = visitor.cookies.get('everturn-login') ?? '';
    visitor.cookies.set('everturn-login', forge(secret));
    expect(codeOf(await health(visitor))).toBe('unauthorized');
  });

  test('and a token are not each other', async () => {
    const visitor = await signIn('vera');
    const secret = visitor.cookies.get('everturn-login') ?? '';
    const asToken = await createVisitor().visit(`${stack.baseUrl}/api/health`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(codeOf(asToken)).toBe('unauthorized');
    const { token } = await stack.api.addUser({ name: 'no-cookie', role: 'viewer' });
    visitor.cookies.set('everturn-login', token);
    expect(codeOf(await health(visitor))).toBe('unauthorized');
    // A wrong token does not fall back to a good cookie.
    visitor.cookies.set('everturn-login', secret);
    expect(codeOf(await health(visitor, { ...client, authorization: 'Bearer wrong' }))).toBe('unauthorized');
  });

  test('ends with the logout, with its streams', async () => {
    const visitor = await signIn('otto');
    const cookie = `everturn-login=${visitor.cookies.get('everturn-login')}`;
    const stream = await fetch(`${stack.baseUrl}/api/events`, { headers: { ...client, cookie } });
    const read = stream.body?.getReader();
    const logout = await visitor.visit(`${stack.baseUrl}/api/logout`, {
      method: 'POST',
      headers: { ...client, origin: stack.baseUrl },
    });
    expect(logout.status).toBe(204);
    expect(visitor.cookies.has('everturn-login')).toBe(false);
    visitor.cookies.set('everturn-login', cookie.split('=')[1] ?? '');
    expect(codeOf(await health(visitor))).toBe('unauthorized');
    await until('the stream to end', () =>
      read?.read().then(
        ({ done }) => done,
        () => true,
      ),
    );
  });

  test('ends when an admin removes the user, and has the lower role at once', async () => {
    const [first, second] = [await signIn('ada'), await signIn('ada')];
    await stack.api.changeUser('ada@example.com', { role: 'viewer' });
    expect(codeOf(await post(first, client))).toBe('forbidden_role');
    await stack.api.removeUser('ada@example.com');
    for (const visitor of [first, second]) expect(codeOf(await health(visitor))).toBe('unauthorized');
  });

  test('says where to sign in, to who is not', async () => {
    const answer = await createVisitor().visit(`${stack.baseUrl}/api/health`);
    expect(JSON.parse(answer.body).details).toEqual({ login: '/api/login' });
  });
});

test('a provider that is away is said to be, and asked again the next time', async () => {
  const port = await freePort();
  const config: OidcConfig = {
    ...{ issuer: `http://127.0.0.1:${port}`, clientId: 'x', scope: 'openid', loginHours: 1 },
    ...{ nameClaim: 'email', roleClaim: 'groups', roles },
  };
  const oidc = createOidc({ config, secret: null, consoleUrl: 'http://127.0.0.1:4100' });
  await expect(oidc.begin()).rejects.toMatchObject({ code: 'login_unavailable', retryable: true });
  // Plain HTTP is for a provider on this machine alone.
  const far = createOidc({
    config: { ...config, issuer: 'http://idp.example' },
    secret: null,
    consoleUrl: 'https://a.example',
  });
  await expect(far.begin()).rejects.toMatchObject({ code: 'login_unavailable' });
});

test('claims of any shape give a role that was configured, or none', () => {
  const config = { roleClaim: 'groups', roles };
  expect(roleOfClaim(['agents-viewers', 'agents-operators'], config)).toBe('operator');
  for (const claim of [undefined, null, 1, {}, [], [[]], 'admin', ['toString'], '__proto__']) {
    expect(() => roleOfClaim(claim, config)).toThrow(/groups holds none of/);
  }
});
