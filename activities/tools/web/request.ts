import { type LookupAddress, lookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { failed } from '../failed.ts';
import { quote } from '../text.ts';

export type AddressCheck = (address: string) => boolean;

/** Says why an address is refused; the host may be the address itself. */
export const notPublic = (host: string, address: string): string =>
  host === address ? `${host} is not a public address` : `${host} is at ${address}, which is not a public address`;

const refused = (host: string, address: string): Error =>
  failed(`${notPublic(host, address)}; only the public web can be fetched`);

/** Checks what a name stands for at the very moment it is connected to: a name that changes its mind gains nothing. */
export const guardedLookup =
  (isAllowed: AddressCheck, refuse: (host: string, address: string) => Error = refused): LookupFunction =>
  (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '');
      const [first] = addresses;
      const closed = addresses.find(({ address }) => !isAllowed(address));
      if (closed || !first) return callback(refuse(host, closed?.address ?? 'no address'), '');
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };

/** Throws `tool_failed`. A host that is an address is never looked up, so it is checked here. */
export const checkUrl = (text: string, base: URL | undefined, isAllowed: AddressCheck): URL => {
  if (!URL.canParse(text, base)) throw failed(`${quote(text)} is not a URL; use one that begins with https://`);
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw failed(`${quote(url.protocol)} is not fetched; only http: and https: are`);
  if (url.username || url.password) throw failed('the URL holds a user name or a password; leave them out');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !isAllowed(host)) throw refused(url.hostname, host);
  return url;
};

const headers = {
  accept: 'text/html, text/plain, application/json;q=0.9, text/*;q=0.8, */*;q=0.1',
  'accept-encoding': 'gzip, br',
  'user-agent': 'Everturn',
};

/** One GET on a connection of its own. Follows nothing. */
export const get = (url: URL, signal: AbortSignal, isAllowed: AddressCheck): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    request(url, { agent: false, headers, signal, lookup: guardedLookup(isAllowed) })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
