import { describe, expect, test } from 'vitest';
import { type Bind, checkBind } from './check-bind.ts';

const local: Bind = {
  host: '127.0.0.1',
  consoleUrl: 'http://127.0.0.1:4100',
  hasTls: false,
  hasProxy: false,
  allowedHosts: [],
  hasUsers: false,
};
const wide: Bind = { ...local, host: '0.0.0.0' };
const team: Bind = { ...wide, consoleUrl: 'https://agents.example.com', hasUsers: true };

describe('the address that the API listens on', () => {
  test.each<[string, Bind]>([
    ['loopback', local],
    ['loopback by name', { ...local, host: 'localhost' }],
    ['loopback of IPv6', { ...local, host: '::1' }],
    ['a port of a container that is published on loopback', { ...wide, hasProxy: true }],
    ['users and TLS', { ...team, hasTls: true }],
    ['users and a proxy with TLS', { ...team, hasProxy: true }],
  ])('is taken: %s', (_, bind) => expect(() => checkBind(bind)).not.toThrow());

  test.each<[string, Bind, RegExp]>([
    ['neither TLS nor a proxy', { ...team }, /unencrypted.*EVERTURN_TLS_CERT.*EVERTURN_PROXY=true.*127\.0\.0\.1/],
    ['nothing at all', wide, /EVERTURN_API_HOST=0\.0\.0\.0/],
    ['every address of IPv6', { ...wide, host: '::' }, /EVERTURN_API_HOST=::/],
    ['an address of a network', { ...wide, host: '192.168.1.7' }, /192\.168\.1\.7/],
    ['a name that only begins like loopback', { ...wide, host: '127.0.0.1.example.com' }, /example\.com/],
    ['a proxy without TLS', { ...team, hasProxy: true, consoleUrl: 'http://agents.example.com' }, /https address/],
    ['TLS and nobody but the owner', { ...team, hasTls: true, hasUsers: false }, /everturn users add/],
    ['a proxy and nobody but the owner', { ...team, hasProxy: true, hasUsers: false }, /everturn users add/],
    [
      'a loopback address that other names reach',
      { ...wide, hasProxy: true, allowedHosts: ['agents.example.com'] },
      /not encrypted/,
    ],
  ])('is refused with what to do: %s', (_, bind, message) => {
    expect(() => checkBind(bind)).toThrow(message);
  });
});
