import http from 'node:http';
import { EverturnError } from '../contracts/errors.ts';
import { loopbackAddresses } from '../contracts/loopback.ts';
import type { Proxies } from '../contracts/proxies.ts';

export const proxyName = /^(https?|no|all)_proxy$/i;

const told = (source: NodeJS.ProcessEnv, name: string): string | undefined =>
  source[name] || source[name.toUpperCase()] || undefined;

const isHttp = (address: string): boolean => /^https?:$/.test(URL.parse(address)?.protocol ?? '');

const checked = (name: string, address: string | undefined): string | undefined => {
  if (address === undefined || isHttp(address)) return address;
  const shown = address.replace(/\/\/.*@/, '//…@');
  throw new EverturnError(
    'config_invalid',
    `Cannot use the proxy of ${name}: "${shown}" is not an HTTP proxy. Write it as http://host:port, or unset ${name}`,
  );
};

/** No proxy leads to our own servers, nor to models on this machine. */
const withoutLocal = (source: NodeJS.ProcessEnv): string =>
  [...new Set([...(told(source, 'no_proxy')?.split(/[\s,]+/) ?? []), ...loopbackAddresses])].filter(Boolean).join(',');

/**
 * The proxies of HTTP requests; null if there are none. HTTP_PROXY, HTTPS_PROXY and NO_PROXY as curl reads them, and
 * ALL_PROXY if it is an HTTP proxy. Throws `config_invalid`.
 */
export const proxiesOf = (source: NodeJS.ProcessEnv): Proxies | null => {
  const all = told(source, 'all_proxy');
  const rest = all !== undefined && isHttp(all) ? all : undefined;
  const [plain, secure] = ['http_proxy', 'https_proxy'].map((name) => checked(name, told(source, name)) ?? rest);
  if (plain === undefined && secure === undefined) return null;
  return {
    ...(plain === undefined ? {} : { http_proxy: plain }),
    ...(secure === undefined ? {} : { https_proxy: secure }),
    no_proxy: withoutLocal(source),
  };
};

/** For libraries that read the environment themselves, such as gRPC. Empty if there is no proxy. */
export const localDirect = (source: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  if (!['http_proxy', 'https_proxy', 'all_proxy', 'grpc_proxy'].some((name) => told(source, name))) return {};
  const direct = withoutLocal(source);
  return { no_proxy: direct, NO_PROXY: direct };
};

/** From now on `fetch` and requests of the default agents take the proxies of `source`. Throws `config_invalid`. */
export const useProxies = (source: NodeJS.ProcessEnv): void => {
  const proxies = proxiesOf(source);
  if (proxies) http.setGlobalProxyFromEnv(proxies);
};
