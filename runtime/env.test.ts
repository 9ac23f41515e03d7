import { expect, test } from 'vitest';
import { readEnvironment, readStackEnvironment, temporalOf } from './env.ts';

const least = { DATABASE_URL: 'postgresql://u:secret@127.0.0.1:5432/db', TEMPORAL_ADDRESS: '127.0.0.1:7233' };

test('the least a process needs', () => {
  const env = readEnvironment(least);
  expect(env.TEMPORAL_NAMESPACE).toBe('default');
  expect(env.EVERTURN_API_HOST).toBe('127.0.0.1');
});

test('an empty variable counts as unset', () => {
  expect(readEnvironment({ ...least, TEMPORAL_API_KEY: '' }).TEMPORAL_API_KEY).toBeUndefined();
  expect(readStackEnvironment({ TEMPORAL_ADDRESS: '', EVERTURN_API_PORT: '' })).toMatchObject({ EVERTURN_WORKERS: 1 });
});

test('every bad variable is named with its value, at once', () => {
  expect(() => readStackEnvironment({ EVERTURN_API_PORT: 'abc', TEMPORAL_ADDRESS: 'https://host' })).toThrow(
    'Cannot start with this environment: TEMPORAL_ADDRESS=https://host: expected host:port; EVERTURN_API_PORT=abc: expected number',
  );
  expect(() => readEnvironment({})).toThrow('DATABASE_URL is not set');
});

test('the value of a secret is not told', () => {
  expect(() => readEnvironment({ ...least, EVERTURN_TOKEN: 'short' })).toThrow(/EVERTURN_TOKEN: (?!.*short)/);
});

test('a certificate without its key', () => {
  expect(() => readEnvironment({ ...least, TEMPORAL_TLS_CERT: 'c.pem' })).toThrow('TEMPORAL_TLS_KEY');
});

test("of a server of the user's own, processes are told what concerns Temporal, in strings", () => {
  const { TEMPORAL_ADDRESS = '', ...env } = readStackEnvironment({
    ...least,
    EVERTURN_WORKERS: '2',
    TEMPORAL_API_KEY: 'k',
  });
  expect(temporalOf({ ...env, TEMPORAL_ADDRESS })).toEqual({
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_API_KEY: 'k',
  });
});
