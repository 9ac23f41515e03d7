import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EverturnError } from '../../contracts/errors.ts';

export type AccessOptions = {
  token: string;
  /** Beside the loopback names. */
  allowedHosts: readonly string[];
};

/** Say nothing about the project. */
const openRoutes = new Set(['/api/ready', '/api/openapi.json']);

const loopback = ['localhost', '127.0.0.1', '[::1]'];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const hostname = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/**
 * Nobody without the token; and no page of another site, token or not: the Host must be one of ours (a rebound DNS
 * name is not), and an Origin, where a browser sends one, must be the page's own.
 */
export const registerAccess = (app: FastifyInstance, { token, allowedHosts }: AccessOptions): void => {
  const hosts = new Set([...loopback, ...allowedHosts.map((host) => host.toLowerCase())]);
  const expected = digest(token);

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

  const checkToken = ({ headers }: FastifyRequest): void => {
    const [scheme, given] = (headers.authorization ?? '').split(' ', 2);
    if (scheme?.toLowerCase() === 'bearer' && given && timingSafeEqual(digest(given), expected)) return;
    throw new EverturnError(
      'unauthorized',
      'Cannot serve the request: send "Authorization: Bearer TOKEN" with the token that stands in .everturn/token',
    );
  };

  app.addHook('onRequest', async (request) => {
    checkOrigin(request);
    const { url = request.url } = request.routeOptions;
    if (url.startsWith('/api/') && !openRoutes.has(url)) checkToken(request);
  });
};
