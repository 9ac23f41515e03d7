import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporalConnectionOptions } from './temporal.ts';

const local = { TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'default' };

test('a server on this machine needs no TLS', () => {
  expect(temporalConnectionOptions(local)).toEqual({ address: '127.0.0.1:7233' });
});

test('an API key asks for TLS, unless it is switched off', () => {
  expect(temporalConnectionOptions({ ...local, TEMPORAL_API_KEY: 'k' })).toEqual({
    address: '127.0.0.1:7233',
    tls: true,
    apiKey: 'k',
  });
  expect(temporalConnectionOptions({ ...local, TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' }).tls).toBe(false);
});

test('mutual TLS from files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-tls-'));
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  writeFileSync(cert, 'certificate');
  writeFileSync(key, 'private');
  const options = temporalConnectionOptions({ ...local, TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key });
  expect(options.tls).toEqual({ clientCertPair: { crt: Buffer.from('certificate'), key: Buffer.from('private') } });
  rmSync(folder, { recursive: true });
});

test('a certificate that cannot be read is named with its variable', () => {
  expect(() => temporalConnectionOptions({ ...local, TEMPORAL_TLS_CA: '/nowhere/ca.pem' })).toThrow(
    'Cannot read /nowhere/ca.pem (named by TEMPORAL_TLS_CA)',
  );
});
