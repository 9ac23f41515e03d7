import type { IncomingHttpHeaders } from 'node:http';
import { loopbackHosts } from '../../contracts/loopback.ts';

/** What a request is of that is not ours. */
export type Foreign = { kind: 'host' | 'page'; name: string };

/**
 * Tells requests of other sites: the Host must be a loopback name or one of `allowedHosts`, which a rebound DNS name is
 * not, and an Origin, where a browser sends one, must be the page's own. Null for a request of our own pages.
 */
export const createForeignCheck = (allowedHosts: readonly string[]) => {
  const hosts = new Set([...loopbackHosts, ...allowedHosts.map((host) => host.toLowerCase())]);
  return ({ host = '', origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>): Foreign | null => {
    const isOurs = hosts.has(host.replace(/:\d+$/, '').toLowerCase());
    if (!isOurs) return { kind: 'host', name: host || '(none)' };
    const isOwnPage = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
    return isOwnPage ? null : { kind: 'page', name: origin };
  };
};
