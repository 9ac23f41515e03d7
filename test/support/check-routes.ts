import { request } from 'node:http';
import { covers, Role } from '../../contracts/users.ts';

type Operation = { 'x-everturn-role'?: string; 'x-everturn-audit'?: string; security?: unknown[] };
export type OpenApi = { paths: Record<string, Record<string, Operation>> };
export type Route = { method: string; path: string; role: string | undefined; audit: string | undefined };

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** By node:http, because fetch does not let a program lie about Host and Origin as an attacker's page makes a browser do. */
export const send = (
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const { statusCode: status = 0, headers } = response;
      // Of a stream the head is enough.
      if (headers['content-type']?.startsWith('text/event-stream')) {
        resolve({ status, headers, body: '' });
        response.destroy();
        return;
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status, headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** Every operation of an OpenAPI file, with something in place of its parameters. */
export const routesOf = ({ paths }: OpenApi): Route[] =>
  Object.entries(paths).flatMap(([place, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: place.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'index' ? '0' : 'x')),
      role: operation['x-everturn-role'],
      audit: operation['x-everturn-audit'],
    })),
  );

export type CheckOptions = {
  baseUrl: string;
  openapi: OpenApi;
  tokens: Record<Role, string>;
  cookieName: string;
  /** Routes that nobody needs a token for: `GET /api/ready`. */
  open: readonly string[];
};

const codeOf = ({ body }: Answer): string => {
  try {
    return String((JSON.parse(body) as { code?: unknown }).code);
  } catch {
    return 'no problem';
  }
};

/** What is wrong with the guards of the routes, in words; empty where every one holds. */
export const checkRoutes = async ({ baseUrl, openapi, tokens, cookieName, open }: CheckOptions): Promise<string[]> => {
  const faults: string[] = [];

  const check = async ({ method, path, role }: Route): Promise<void> => {
    const name = `${method} ${path}`;
    const expectCode = async (
      attack: string,
      headers: Record<string, string>,
      status: number,
      code: string,
      query = '',
    ): Promise<void> => {
      const answer = await send(`${baseUrl}${path}${query}`, { method, headers });
      if (answer.status === status && codeOf(answer) === code) return;
      faults.push(`${name} with ${attack}: ${answer.status} ${codeOf(answer)}, expected ${status} ${code}`);
    };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const admin = bearer(tokens.admin);

    await expectCode('a rebound Host', { ...admin, host: 'evil.example' }, 403, 'forbidden_origin');
    await expectCode('an Origin', { ...admin, origin: 'https://evil.example' }, 403, 'forbidden_origin');
    await expectCode('an opaque Origin', { ...admin, origin: 'null' }, 403, 'forbidden_origin');
    if (open.includes(name)) return;
    if (role === 'secret') return await expectCode('no secret', {}, 401, 'webhook_refused');
    const needed = Role.safeParse(role);
    if (!needed.success) {
      faults.push(`${name} declares no role: ${role}`);
      return;
    }
    await expectCode('no token', {}, 401, 'unauthorized');
    await expectCode('a wrong token', bearer(`${tokens.admin}x`), 401, 'unauthorized');
    await expectCode('a token without its scheme', { authorization: tokens.admin }, 401, 'unauthorized');
    await expectCode('another scheme', { authorization: `Basic ${tokens.admin}` }, 401, 'unauthorized');
    const forged = { cookie: `${cookieName}=${tokens.admin}`, 'x-everturn-client': '1' };
    await expectCode('a forged cookie', forged, 401, 'unauthorized');
    for (const parameter of ['token', 'access_token', 'TOKEN', 'api_key']) {
      const query = `?${parameter}=${tokens.admin}`;
      await expectCode(`${parameter} in the address`, {}, 400, 'bad_request', query);
    }
    for (const lower of Role.options.filter((other) => !covers(other, needed.data))) {
      await expectCode(`the token of a ${lower}`, bearer(tokens[lower]), 403, 'forbidden_role');
    }
  };

  for (const route of routesOf(openapi)) await check(route);
  return faults;
};
