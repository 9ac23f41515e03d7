import { loopbackAddresses } from '../../contracts/loopback.ts';
import type { Proxies } from '../../contracts/proxies.ts';
import { asFacts } from './words.ts';

const isSameHost = (one: unknown, other: string): boolean =>
  one === other || (loopbackAddresses.includes(String(one)) && loopbackAddresses.includes(other));

const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));

/**
 * The proxy that a failed connection did not get through, without its password; null where the failure is another.
 * `root`: what Node says of it, with the address that it tried.
 */
export const failedProxy = (root: unknown, proxies: Proxies | null): string | null => {
  const { code, address, hostname, port } = asFacts(root);
  const urls = [proxies?.https_proxy, proxies?.http_proxy].flatMap((proxy) => (proxy ? [new URL(proxy)] : []));
  const isTunnel = String(code).startsWith('ERR_PROXY');
  const failed = urls.find(
    (url) =>
      isTunnel ||
      (isSameHost(address ?? hostname, url.hostname) && (port === undefined || Number(port) === portOf(url))),
  );
  return failed ? failed.host : null;
};
