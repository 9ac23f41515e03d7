import { expect, test } from 'vitest';
import { Config } from './config.ts';
import { environmentOf, settingsOf, writtenPath } from './resolve-settings.ts';

const given = {
  keys: { main: { baseUrl: 'https://ada:hunter2@llm.example/v1?key=abc', apiKeyEnv: 'MAIN_API_KEY' } },
  models: [{ key: 'main', model: 'm', headers: { 'x-team': 'hush' }, body: { metadata: { secret: 'hush' } } }],
  limits: { scriptRuns: 7 },
  mcp: {
    own: { url: 'https://mcp.example', headers: { Authorization: 'Bearer hush' }, headersFrom: { 'x-key': 'MCP_KEY' } },
  },
};
const personal = { command: ['tool-server'], env: { PASSWORD: 'hush' } };
const argv = {
  command: [
    'serve',
    '--api-key',
    'hush',
    '--token=hush',
    'db://ada:p@hush@host/a',
    'Authorization: Bearer hush',
    '-v',
    '8',
  ],
};
const config = Config.parse({ ...given, mcp: { ...given.mcp, mine: personal, argv } });
const settings = settingsOf(config, given);
const find = (path: string) => settings.find((one) => one.path === path);

test('every value says where it comes from', () => {
  expect(find('limits.scriptRuns')).toEqual({ path: 'limits.scriptRuns', value: 7, source: 'file', isSecret: false });
  expect(find('limits.scriptAgents')).toMatchObject({ value: 64, source: 'default' });
  expect(find('models[0].model')).toMatchObject({ value: 'm', source: 'file' });
  expect(find('models[0].timeoutMs')).toMatchObject({ value: 120_000, source: 'default' });
  expect(find('mcp.own.url')).toMatchObject({ source: 'file' });
  expect(find('mcp.mine.command')).toMatchObject({ value: 'tool-server', source: 'personal' });
  expect(settingsOf(Config.parse({}), null).every(({ source }) => source === 'default')).toBe(true);
});

test('a field that has no default and is not set is listed as such', () => {
  expect(find('limits.turnTokens')).toEqual({
    path: 'limits.turnTokens',
    value: null,
    source: 'default',
    isSecret: false,
  });
  expect(find('server.port')).toMatchObject({ value: null });
});

test('no secret is in any value: not in headers, variables, bodies, addresses, arguments', () => {
  expect(JSON.stringify(settings)).not.toMatch(/hush|hunter2|key=abc/);
  expect(find('models[0].headers.x-team')?.isSecret).toBe(true);
  expect(find('mcp.argv.command')?.value).toMatch(
    /^serve, --api-key, •+, --token=•+, db:\/\/•+@host\/a, Authorization: •+, -v, 8$/,
  );
  expect(find('keys.main.apiKeyEnv')).toMatchObject({ value: 'MAIN_API_KEY', isSecret: false });
  expect(find('mcp.own.headersFrom.x-key')).toMatchObject({ value: 'MCP_KEY', isSecret: false });
  expect(find('keys.main.baseUrl')?.value).toMatch(/^https:\/\/•+@llm\.example\/v1\?•+$/);
});

test('sections come in the order of the schema, and odd names are quoted', () => {
  const order = Object.keys(Config.shape);
  const sections = settings.map(({ path }) => order.indexOf(/^\w+/.exec(path)?.[0] ?? ''));
  expect(sections).toEqual(sections.toSorted((a, b) => a - b));
  expect(writtenPath(['keys', 'a b', 'x', 0])).toBe('keys."a b".x[0]');
});

test('variables of the environment: set, by default, not set, masked', () => {
  const rows = environmentOf(
    ['EVERTURN_LOG_LEVEL', 'EVERTURN_TOKEN', 'TEMPORAL_UI_URL', 'EVERTURN_API_PORT', 'TEMPORAL_API_KEY'],
    {
      source: { EVERTURN_TOKEN: 'hush-hush-hush', EVERTURN_API_PORT: '4200', TEMPORAL_UI_URL: '' },
      parsed: { EVERTURN_LOG_LEVEL: 'info', EVERTURN_API_PORT: 4200 },
      secrets: new Set(['EVERTURN_TOKEN']),
    },
  );
  expect(rows).toEqual([
    { name: 'EVERTURN_API_PORT', value: '4200', source: 'environment', isSecret: false },
    { name: 'EVERTURN_LOG_LEVEL', value: 'info', source: 'default', isSecret: false },
    { name: 'EVERTURN_TOKEN', value: expect.stringMatching(/^•+$/), source: 'environment', isSecret: true },
    { name: 'TEMPORAL_API_KEY', value: null, source: 'default', isSecret: true },
    { name: 'TEMPORAL_UI_URL', value: null, source: 'default', isSecret: false },
  ]);
});
