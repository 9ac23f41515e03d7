import { expect, test } from 'vitest';
import { localDirect, proxiesOf } from './proxies.ts';

const local = 'localhost,127.0.0.1,[::1],::1';

test('proxies are read as curl reads them: lower case first, ALL_PROXY where nothing else is named', () => {
  expect(proxiesOf({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' })).toEqual({
    https_proxy: 'http://a:1',
    no_proxy: local,
  });
  expect(proxiesOf({ ALL_PROXY: 'http://c:3', HTTP_PROXY: 'http://d:4' })).toEqual({
    http_proxy: 'http://d:4',
    https_proxy: 'http://c:3',
    no_proxy: local,
  });
});

test('this machine is reached directly, and so is what NO_PROXY names', () => {
  expect(proxiesOf({ HTTPS_PROXY: 'http://a:1', NO_PROXY: '.corp, 127.0.0.1' })?.no_proxy).toBe(
    '.corp,127.0.0.1,localhost,[::1],::1',
  );
  const direct = localDirect({ HTTP_PROXY: 'http://a:1', NO_PROXY: '.corp' });
  expect(direct).toEqual({ no_proxy: `.corp,${local}`, NO_PROXY: `.corp,${local}` });
});

test('without a proxy nothing changes; an empty variable is none', () => {
  expect(proxiesOf({ HTTPS_PROXY: '', NO_PROXY: '.corp' })).toBeNull();
  expect(localDirect({ HTTPS_PROXY: '', NO_PROXY: '.corp' })).toEqual({});
});

test('a proxy of another kind is refused, without its password; ALL_PROXY is for others too', () => {
  expect(() => proxiesOf({ HTTPS_PROXY: 'socks5://me:secret@a:1' })).toThrow(
    'Cannot use the proxy of https_proxy: "socks5://…@a:1" is not an HTTP proxy. Write it as http://host:port, or unset https_proxy',
  );
  expect(proxiesOf({ ALL_PROXY: 'socks5://a:1' })).toBeNull();
});
