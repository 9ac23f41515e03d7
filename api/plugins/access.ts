import type { FastifyInstance, FastifyRequest } from 'fastify';
import { owner } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { isSecret } from '../secrets.ts';

export type User = { name: string; token: string };

export type AccessOptions = {
  /** Of the stack itself: its user is `owner`. */
  token: string;
  /** Who else may come in. Default: nobody. */
  users?: readonly User[];
  /** Beside the loopback names. */
  allowedHosts: readonly string[];
};

/** The first two say nothing about the project; a hook asks for a secret of its own. */
const openRoutes = new Set(['/api/ready', '/api/openapi.json', '/api/hooks/:name']);

const loopback = ['localhost', '127.0.0.1', '[::1]'];

const hostname = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** Whose token came with the request. */
export const userOf = (request: FastifyRequest): string => request.getDecorator<string>('user');

/**
 * Nobody without a token; and no page of another site, token or not: the Host must be one of ours (a rebound DNS
 * name is not), and an Origin, where a browser sends one, must be the page's own.
 */
export const registerAccess = (app: FastifyInstance, { token, users = [], allowedHosts }: AccessOptions): void => {
  const hosts = new Set([...loopback, ...allowedHosts.map((host) => host.toLowerCase())]);
  const known: readonly User[] = [{ name: owner, token }, ...users];
  app.decorateRequest('user', '');

  const checkOrigin = ({ headers }: FastifyRequest): void => {
    if (!hosts.has(hostname(headers.host ?? ''))) {
      throw new EverturnError(
        'forbidden_origin',
        `Cannot serve the host ${headers.host ?? '(none)'}: name it in EVERTURN_ALLOWED_HOSTS`,
      );
    }
    const { origin } = headers;
    if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== headers.host)) {
      throw new EverturnError('forbidden_origin', `Cannot serve a page of ${origin}`);
    }
  };

  const findUser = ({ headers }: FastifyRequest): string => {
    const [scheme, given = ''] = (headers.authorization ?? '').split(' ', 2);
    // Every one is compared, so that the time tells nothing.
    const users = known.filter((user) => isSecret(given, user.token));
    if (scheme?.toLowerCase() === 'bearer' && users[0]) return users[0].name;
    throw new EverturnError(
      'unauthorized',
      'Cannot serve the request: send "Authorization: Bearer TOKEN" with the token that stands in .everturn/token',
    );
  };

  app.addHook('onRequest', async (request) => {
    checkOrigin(request);
    const { url = request.url } = request.routeOptions;
    if (url.startsWith('/api/') && !openRoutes.has(url)) request.setDecorator('user', findUser(request));
  });
};
