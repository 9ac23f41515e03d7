import { expect, test } from 'vitest';
import { Config } from '../../contracts/config.ts';
import { forApi, forScripts, forSupervisor, forWorker } from './child-environment.ts';

const config = Config.parse({
  keys: { a: { baseUrl: 'http://h', apiKeyEnv: 'GOPROXY' } },
  models: [{ key: 'a', model: 'm' }],
  users: [{ name: 'alice', tokenEnv: 'EVERTURN_ALICE_TOKEN' }],
  commandEnv: ['MINE'],
});
const source = {
  PATH: '/bin',
  HOME: '/home/me',
  EVERTURN_LOG_LEVEL: 'debug',
  HTTPS_PROXY: 'http://me:password@proxy',
  NO_PROXY: 'localhost',
  DATABASE_URL: 'postgresql://',
  TEMPORAL_API_KEY: 'temporal',
  EVERTURN_TOKEN: 'token',
  GOPROXY: 'key of a model',
  EVERTURN_ALICE_TOKEN: 'token of alice',
  HOOK: 'secret of a hook',
  MINE: 'for commands',
  AWS_SECRET_ACCESS_KEY: 'of no use',
};
const direct = 'localhost,127.0.0.1,[::1],::1';
const plain = { PATH: '/bin', HOME: '/home/me', EVERTURN_LOG_LEVEL: 'debug', NO_PROXY: direct, no_proxy: direct };

test('a worker gets the keys of its models and what commands may see', () => {
  expect(forWorker(source, config)).toEqual({
    plain,
    secrets: {
      DATABASE_URL: 'postgresql://',
      TEMPORAL_API_KEY: 'temporal',
      HTTPS_PROXY: 'http://me:password@proxy',
      GOPROXY: 'key of a model',
      MINE: 'for commands',
    },
  });
});

test('a worker of scripts gets the two servers', () => {
  expect(forScripts(source, config)).toEqual({
    plain,
    secrets: { DATABASE_URL: 'postgresql://', TEMPORAL_API_KEY: 'temporal' },
  });
});

test('the API gets tokens and secrets of hooks, and no key of a model', () => {
  const { plain: shown, secrets } = forApi(source, config);
  expect(shown).toEqual(plain);
  expect(secrets).toMatchObject({
    EVERTURN_TOKEN: 'token',
    EVERTURN_ALICE_TOKEN: 'token of alice',
    HOOK: 'secret of a hook',
  });
  expect(secrets).not.toHaveProperty('GOPROXY');
});

test('a supervisor in the background gets all by the pipe', () => {
  const own = { ...source };
  expect(forSupervisor(own).secrets).toEqual(own);
  expect(JSON.stringify(forSupervisor(own).plain)).not.toMatch(/password|secret|of no use|postgresql/);
});
