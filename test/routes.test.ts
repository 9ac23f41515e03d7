import { readFile, writeFile } from 'node:fs/promises';
import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../api/access/guard.ts';
import { registerAccess } from '../api/plugins/access.ts';
import { registerProblems } from '../api/plugins/problems.ts';
import type { Role } from '../contracts/users.ts';
import { checkBodies, openObjects } from './support/check-bodies.ts';
import { checkRoutes, type OpenApi, routesOf, send } from './support/check-routes.ts';
import { openStack, type Stack } from './support/stack.ts';

const file = new URL('../docs/openapi.json', import.meta.url);
const cookieName = 'everturn-login';
const openRoutes = ['GET /api/ready', 'GET /api/login', 'GET /api/login/callback'];

let stack: Stack;
let tokens: Record<Role, string>;
beforeAll(async () => {
  stack = await openStack();
  const add = async (role: Role) => (await stack.api.addUser({ name: `a-${role}`, role })).token;
  tokens = { viewer: await add('viewer'), operator: await add('operator'), admin: await add('admin') };
});
afterAll(() => stack.close());

const served = async (): Promise<OpenApi> =>
  JSON.parse((await send(`${stack.baseUrl}/api/openapi.json`)).body) as OpenApi;

test('docs/openapi.json is what the API serves; `npm run openapi` writes it anew', async () => {
  const text = `${JSON.stringify(await served(), null, 2)}\n`;
  if (process.env.EVERTURN_WRITE_OPENAPI) await writeFile(file, text);
  expect(await readFile(file, 'utf8')).toBe(text);
});

describe('every route of the OpenAPI file', () => {
  test('asks for its Host, its Origin, a token or a login, and the role it declares (P12)', async () => {
    const openapi = JSON.parse(await readFile(file, 'utf8')) as OpenApi;
    expect(routesOf(openapi).length).toBeGreaterThan(50);
    expect(await checkRoutes({ baseUrl: stack.baseUrl, openapi, tokens, cookieName, open: openRoutes })).toEqual([]);
  });

  test('is open only where this list says so', async () => {
    const routes = routesOf(await served());
    const isOpen = routes.filter(({ role }) => role === 'open').map(({ method, path }) => `${method} ${path}`);
    expect(isOpen.sort()).toEqual([...openRoutes].sort());
    expect(routes.filter(({ role }) => role === 'secret').map(({ path }) => path)).toEqual(['/api/hooks/x']);
  });

  test('refuses, with its path, a field that its body does not name', async () => {
    const openapi = await served();
    const acting = routesOf(openapi).filter(({ method }) => method !== 'GET');
    expect(acting.length).toBeGreaterThan(25);
    expect(await checkBodies({ baseUrl: stack.baseUrl, openapi, token: tokens.admin })).toEqual([]);
  });

  test('that acts is in the audit log, and needs more than a viewer', async () => {
    const acting = routesOf(await served()).filter(({ method }) => method !== 'GET');
    expect(acting.filter(({ audit }) => audit === undefined)).toEqual([]);
    const byViewers = acting.filter(({ role }) => role === 'viewer').map(({ path }) => path);
    expect(byViewers).toEqual(['/api/logout']);
  });
});

describe('the test fails', () => {
  test('on a body with an object at any depth that takes unknown fields', () => {
    const strict = { type: 'object', properties: {}, additionalProperties: false };
    const inner = { type: 'object', properties: { a: {} } };
    expect(openObjects(strict)).toEqual([]);
    expect(openObjects({ type: 'object', additionalProperties: {} })).toEqual([]);
    expect(
      openObjects({ ...strict, properties: { list: { type: 'array', items: { anyOf: [strict, inner] } } } }),
    ).toEqual(['list[]']);
    expect(openObjects(inner)).toEqual(['']);
  });

  const openApp = async (isGuarded: boolean) => {
    const app = fastify();
    registerProblems(app);
    if (isGuarded) {
      const { store } = stack;
      const listener = { subscribe: () => () => {} };
      await registerAccess(
        app,
        { token: tokens.admin, allowedHosts: [] },
        { store, listener, cookieName, loginPath: null },
      );
    }
    await app.register(swagger, { openapi: { openapi: '3.1.0' } });
    return app;
  };

  test('on a route without a guard, for each check that is missing', async () => {
    const app = await openApp(false);
    app.delete('/api/everything/:id', () => 'gone');
    await app.ready();
    const openapi = app.swagger() as unknown as OpenApi;
    const claimed = Object.values(openapi.paths['/api/everything/{id}'] ?? {});
    for (const operation of claimed) operation['x-everturn-role'] = 'admin';
    const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
    const faults = await checkRoutes({ baseUrl, openapi, tokens, cookieName, open: [] });
    await app.close();
    for (const attack of [
      /Host/,
      /an Origin/,
      /no token/,
      /wrong token/,
      /forged cookie/,
      /address/,
      /a viewer/,
      /an? operator/,
    ]) {
      expect(faults.filter((fault) => attack.test(fault)).join()).toMatch(/DELETE \/api\/everything\/x .*200/);
    }
  });

  test('on a route that says nothing about who may use it', async () => {
    const app = await openApp(false);
    app.get('/api/free', () => 'here you are');
    await app.ready();
    const openapi = app.swagger() as unknown as OpenApi;
    const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
    const faults = await checkRoutes({ baseUrl, openapi, tokens, cookieName, open: [] });
    await app.close();
    expect(faults).toContain('GET /api/free declares no role: undefined');
  });

  test('before that: such a route cannot be registered', async () => {
    const app = await openApp(true);
    expect(() => app.get('/api/free', () => 'x')).toThrow(/GET \/api\/free: its config does not say who may use it/);
    expect(() => app.get('/elsewhere', () => 'x')).toThrow(/\/elsewhere/);
    expect(() => app.post('/api/act', { config: { needs: 'operator' } }, () => 'x')).toThrow(/no audit action/);
    const hidden = { config: open, schema: { hide: true } };
    expect(() => app.get('/api/hidden', hidden, () => 'x')).toThrow(/hidden/);
    await app.register(async (inner) => {
      expect(() => inner.get('/api/inner', () => 'x')).toThrow(/\/api\/inner/);
    });
    await app.close();
  });
});
