import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { owner } from '../../contracts/config/access.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { covers, type Role } from '../../contracts/users.ts';
import type { Store } from '../../store/store.ts';
import type { Listener } from '../../store/wakeups.ts';
import { createForeignCheck } from '../access/foreign.ts';
import type { Needed } from '../access/guard.ts';
import { createIdentify, type FixedUser } from '../access/identify.ts';
import { nobody, type Principal } from '../access/principal.ts';
import { createOpenWatch } from '../access/watch-open.ts';

export type AccessOptions = {
  /** Of the stack itself: its user is `owner`. */
  token: string;
  /** Further users by everturn.yaml. Default: none. */
  users?: readonly FixedUser[];
  /** Beside the loopback names. */
  allowedHosts: readonly string[];
};

type Dependencies = {
  store: Pick<Store, 'users'>;
  listener: Pick<Listener, 'subscribe'>;
  cookieName: string;
  loginPath: string | null;
};

/** Where the OpenAPI file is served. It says nothing about the project. */
export const openApiPath = '/api/openapi.json';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What the OpenAPI file says of a route. */
const securityOf = (needs: Needed): Record<string, string[]>[] => {
  if (needs === 'open') return [];
  if (needs === 'secret') return [{ secret: [] }];
  return [{ token: [] }, { login: [] }];
};

/** A route without a declared role is refused when it is registered. */
const declareGuard = (route: RouteOptions): void => {
  const { needs, audit } = route.config ?? {};
  const name = `${route.method} ${route.url}`;
  if (needs === undefined) {
    throw new Error(
      `Cannot register ${name}: its config does not say who may use it. Set config.needs (api/access/guard.ts)`,
    );
  }
  const methods = [route.method].flat();
  if (audit === undefined && methods.some((method) => !reads.has(method))) {
    throw new Error(`Cannot register ${name}: it acts, and its config names no audit action. Set config.audit`);
  }
  if (route.schema?.hide && route.url.startsWith('/api/') && route.url !== openApiPath) {
    throw new Error(`Cannot register ${name}: its schema is hidden, and the OpenAPI file shows every route below /api`);
  }
  route.schema = Object.assign({}, route.schema, {
    security: securityOf(needs),
    'x-everturn-role': needs,
    ...(audit === undefined ? {} : { 'x-everturn-audit': audit }),
  });
};

const refuseTokenInAddress = ({ query }: FastifyRequest): void => {
  if (typeof query !== 'object' || query === null) return;
  const name = Object.keys(query).find((key) => /^(access_?token|token|api_?key|authorization)$/i.test(key));
  if (name === undefined) return;
  throw new EverturnError(
    'bad_request',
    `Cannot serve the request: its address holds "${name}", and addresses end up in logs. Send the token as "Authorization: Bearer TOKEN"`,
  );
};

const checkRole = ({ name, role }: Principal, needed: Role, { method, routeOptions }: FastifyRequest): void => {
  if (covers(role, needed)) return;
  throw new EverturnError(
    'forbidden_role',
    `Cannot ${method} ${routeOptions.url}: ${name} is ${role}, and it needs ${needed}. Ask an admin for the role`,
    { details: { role, needed } },
  );
};

/**
 * The one place that admits requests. No page of another site, with or without a token: the Host must be allowed (a rebound DNS
 * name is not), and an Origin, where a browser sends one, must be the page's own. No request without a token or a login, and
 * none whose role is lower than the route declares.
 */
export const registerAccess = async (
  app: FastifyInstance,
  { token, users = [], allowedHosts }: AccessOptions,
  { store, listener, cookieName, loginPath }: Dependencies,
): Promise<void> => {
  const foreignBy = createForeignCheck(allowedHosts);
  const fixed: readonly FixedUser[] = [{ name: owner, role: 'admin', token }, ...users];
  const identify = createIdentify({ fixed, users: store.users, cookieName, loginPath });
  const watch = createOpenWatch(store.users, listener);
  app.addHook('onClose', () => watch.close());
  await app.register(fastifyCookie);
  app.decorateRequest('principal');

  const checkOrigin = ({ headers }: FastifyRequest): void => {
    const foreign = foreignBy(headers);
    if (foreign === null) return;
    const what =
      foreign.kind === 'host'
        ? `the host ${foreign.name}: name it in EVERTURN_ALLOWED_HOSTS`
        : `a page of ${foreign.name}`;
    throw new EverturnError('forbidden_origin', `Cannot serve ${what}`);
  };

  app.addHook('onRoute', declareGuard);
  app.addHook('onRequest', async (request, reply) => {
    checkOrigin(request);
    request.setDecorator('principal', nobody);
    if (request.is404) return;
    const { needs } = request.routeOptions.config;
    if (needs === undefined) throw new Error(`${request.method} ${request.url} has no guard`);
    if (needs === 'open' || needs === 'secret') return;
    refuseTokenInAddress(request);
    const principal = await identify(request);
    checkRole(principal, needs, request);
    request.setDecorator('principal', principal);
    watch.add(principal, reply.raw);
  });
};
