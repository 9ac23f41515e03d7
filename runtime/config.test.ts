import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EverturnError } from '../contracts/errors.ts';
import { loadConfig } from './config.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const project = (text?: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-config-'));
  folders.push(folder);
  if (text !== undefined) writeFileSync(path.join(folder, 'everturn.yaml'), text);
  return folder;
};

/** The message of the fault, with the folder of the test left out. */
const faultOf = (folder: string): string => {
  try {
    loadConfig(folder);
  } catch (error) {
    if (error instanceof EverturnError && error.code === 'config_invalid') return error.message.replaceAll(folder, '');
    throw error;
  }
  throw new Error('The configuration was taken');
};

const header = 'Cannot use everturn.yaml:\n';

describe('a configuration that can be used', () => {
  const defaults = {
    keys: {},
    models: [],
    limits: {
      stepsPerTurn: 200,
      continuations: 3,
      equalCalls: 4,
      equalFailures: 3,
      failuresInRow: 8,
      refusedResults: 5,
      scriptAgents: 64,
      scriptRuns: 3,
      agentMinutes: 5,
      agentsPerRun: 16,
      replyBytes: 4_194_304,
      replyLineBytes: 1_048_576,
      replyMinutes: 60,
      allKeysMarked: 'wait',
      waitSeconds: 172_800,
      commandSeconds: 120,
      subagentsPerSession: 4,
      subagents: 16,
      subagentDepth: 1,
    },
    context: { highMark: 0.8, lowMark: 0.5, keepRecent: 0.2, marks: 'on' },
    strictModels: false,
    attachments: { bytes: 20_971_520, megapixels: 50 },
    autoFix: { mode: 'off', rounds: 3, seconds: 60, workspaces: {} },
    changes: { mode: 'ask' },
    commandEnv: [],
    commands: { sandbox: 'auto' },
    web: true,
    mcp: {},
    permissions: [],
    users: [],
    retention: {},
    server: {},
  };

  test.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['only comments', '# nothing\n'],
    ['a section of comments', 'limits:\n  # stepsPerTurn: 5\n'],
  ])('%s gives all defaults', (_name, text) => {
    expect(loadConfig(project(text))).toEqual(defaults);
  });

  test('a model with its key', () => {
    const config = loadConfig(
      project(
        'keys:\n  deepseek: {baseUrl: https://api.deepseek.com, apiKeyEnv: DEEPSEEK_API_KEY}\nmodels:\n  - {key: deepseek, model: deepseek-chat}\n',
      ),
    );
    expect(config.models).toEqual([{ key: 'deepseek', model: 'deepseek-chat', timeoutMs: 120_000 }]);
    expect(config.keys.deepseek?.apiKeyEnv).toBe('DEEPSEEK_API_KEY');
  });
});

test.each(['timeoutMs', 'contentTimeoutMs'])('%s may be as long as a timer, and no longer', (name) => {
  const of = (ms: number) =>
    project(`keys: {a: {baseUrl: "http://h"}}\nmodels: [{key: a, model: m, ${name}: ${ms}}]\n`);
  expect(loadConfig(of(2_147_483_647)).models[0]).toMatchObject({ [name]: 2_147_483_647 });
  expect(faultOf(of(3_000_000_000))).toContain(
    `models[0].${name}: expected number to be <=2147483647, found 3000000000`,
  );
});

test('how a model is asked is named for its key and for the model', () => {
  const config = loadConfig(
    project(`keys: {a: {baseUrl: "http://h", dialect: llama.cpp, omit: [stream_options]}}
models: [{key: a, model: m, maxTokens: 9, temperature: 0.5, headers: {X-Title: t}, body: {top_k: 5, nested: {a: [1]}}}]
`),
  );
  expect(config.keys.a).toMatchObject({ dialect: 'llama.cpp', omit: ['stream_options'] });
  expect(config.models[0]).toMatchObject({ maxTokens: 9, headers: { 'X-Title': 't' }, body: { nested: { a: [1] } } });
});

test.each([
  ['dialect: klingon', '', 'keys.a.dialect'],
  ['', 'headers: {content-length: "3"}', 'headers'],
  ['', 'headers: {"a b": "3"}', 'headers'],
  ['', 'headers: {X-A: "a\\nb"}', 'headers.X-A'],
  ['', 'body: {messages: []}', 'body'],
  ['', 'temperature: 3', 'temperature'],
  ['', 'maxTokens: 0', 'maxTokens'],
])('refuses {%s} of a key and {%s} of a model', (key, model, place) => {
  const text = `keys: {a: {baseUrl: "http://h"${key ? `, ${key}` : ''}}}\nmodels: [{key: a, model: m${model ? `, ${model}` : ''}}]\n`;
  expect(faultOf(project(text))).toContain(place);
});

describe('a fault is told with its file, line, column, path, what was expected and what stood there', () => {
  test.each([
    [
      'a wrong type',
      'models:\n  - key: a\n    model: m\n    timeoutMs: soon\nkeys: {a: {baseUrl: "http://h"}}\n',
      '/everturn.yaml:4:16 models[0].timeoutMs: expected number, found "soon"',
    ],
    [
      'a user with a name that is taken',
      'users:\n  - { name: alice, tokenEnv: A_TOKEN }\n  - { name: alice, tokenEnv: B_TOKEN }\n',
      '/everturn.yaml:3:13 users[1].name: another user has the name "alice"; give this one another name, found "alice"',
    ],
    [
      'a user who would be the owner',
      'users:\n  - { name: owner, tokenEnv: A_TOKEN }\n',
      '/everturn.yaml:2:13 users[0].name: the user of the stack\'s own token has the name "owner"; give this one another name, found "owner"',
    ],
    [
      'a number out of its range',
      'server:\n  port: 99999\n',
      '/everturn.yaml:2:9 server.port: expected number to be <=65535, found 99999',
    ],
    [
      'a missing field, at the thing that misses it',
      'keys:\n  a:\n    apiKeyEnv: KEY\n',
      '/everturn.yaml:3:5 keys.a.baseUrl: expected string, found nothing',
    ],
    [
      'a key that every object has',
      'models: [{key: constructor, model: m}]\n',
      '/everturn.yaml:1:16 models[0].key: no key is named "constructor"; named are: none, found "constructor"',
    ],
    ['an unknown field', 'models: []\nmodls: []\n', '/everturn.yaml:2:1 modls: no field of this name is known here'],
    ['no map at all', 'just text', '/everturn.yaml:1:1 expected object, found "just text"'],
    [
      'a key that is not named',
      'models:\n  - {key: b, model: m}\nkeys: {a: {baseUrl: "http://h"}}\n',
      '/everturn.yaml:2:11 models[0].key: no key is named "b"; named are: a, found "b"',
    ],
    [
      'two models of one name',
      'keys: {a: {baseUrl: "http://h"}}\nmodels:\n  - {key: a, model: m}\n  - {key: a, model: n, name: m}\n',
      '/everturn.yaml:4:30 models[1].name: models[0] has the name "m"; give this one another name, found "m"',
    ],
    ['a name given twice', 'models: []\nmodels: []\n', '/everturn.yaml:2:1 this field occurs twice in the same map'],
    [
      'an alias of nothing',
      'models: *all\n',
      '/everturn.yaml:1:9 expected an anchor &all before the alias *all; a text that begins with * goes in quotes',
    ],
  ])('%s', (_name, text, told) => {
    expect(faultOf(project(text))).toBe(header + told);
  });

  test('broken YAML', () => {
    expect(faultOf(project('models: [\nkeys: {}'))).toMatch(
      /^Cannot use everturn\.yaml:\n\/everturn\.yaml:2:1 Flow sequence/,
    );
  });

  test('every fault of the file at once', () => {
    const lines = faultOf(project('server: {port: 0}\nlimits: {stepsPerTurn: 0, commandSeconds: 0}\n')).split('\n');
    expect(lines).toHaveLength(4);
  });

  test('a key pasted in place of the name of its variable is not repeated', () => {
    const told = faultOf(project('keys:\n  a: {baseUrl: "http://h", apiKeyEnv: sk-123}\n'));
    expect(told).toMatch(/:2:39 keys\.a\.apiKeyEnv: expected the name of an environment variable/);
    expect(told).not.toContain('sk-123');
  });

  test('a file that cannot be read', () => {
    const folder = project();
    mkdirSync(path.join(folder, 'everturn.yaml'));
    chmodSync(path.join(folder, 'everturn.yaml'), 0o700);
    expect(faultOf(folder)).toBe('Cannot read /everturn.yaml: it is a folder, not a regular file');
  });
});
