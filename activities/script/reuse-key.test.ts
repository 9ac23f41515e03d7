import { expect, test } from 'vitest';
import { Config } from '../../contracts/config.ts';
import { modelSettingsOf } from '../../contracts/model-settings.ts';
import type { Reusable } from '../../store/results.ts';
import { builtInTools } from '../tools/registry.ts';
import { isWished, reuseKey, wishOf } from './reuse-key.ts';

type Given = Parameters<typeof reuseKey>[0];
const call: Given['call'] = {
  ...{ id: 'c-0', kind: 'agent', ordinal: 0, occurrence: 0, label: 'l', phase: 'p', params: { prompt: 'ask' } },
};
const agent = { name: 'a', description: '', prompt: 'You are.', models: [], permissions: [], tools: ['read_file'] };
const run = { workspace: '/w', allow: ['run', 'write'] } as unknown as Given['run'];
const given: Given = {
  call,
  options: {},
  own: {} as Given['own'],
  agent,
  model: 'm',
  modelSettings: '',
  tools: builtInTools,
  run,
};
const key = (change: Partial<Given> = {}) => reuseKey({ ...given, ...change });

test.each<[string, Partial<Given>]>([
  ['the prompt', { call: { ...call, params: { prompt: 'Ask' } } }],
  ['which of several equal calls it is', { call: { ...call, occurrence: 1 } }],
  ['the agent', { agent: { ...agent, prompt: 'You were.' } }],
  ['the model', { model: 'n' }],
  ['what everturn.yaml says of the model', { modelSettings: 'warm' }],
  ['the schema', { options: { schema: { type: 'object' } } }],
  ['the effort', { options: { effort: 'high' } }],
  ['the tools of the call', { own: { tools: ['read_file', 'git_diff'] } as Given['own'] }],
  ['the number of tool calls', { own: { maxToolCalls: 3 } as Given['own'] }],
  [
    'how a tool is described',
    { tools: builtInTools.map((tool) => ({ ...tool, description: `${tool.description}.` })) },
  ],
  ['the workspace', { run: { ...run, workspace: '/v' } }],
  ['the permissions', { run: { ...run, allow: ['run'] } }],
])('another key where %s is another', (_, change) => {
  expect(key(change)).not.toBe(key());
});

test('the order of keys counts in a schema', () => {
  const shape = (names: string[]) => ({ schema: { properties: Object.fromEntries(names.map((name) => [name, {}])) } });
  expect(key({ options: shape(['a', 'b']) })).not.toBe(key({ options: shape(['b', 'a']) }));
});

test('what it is shown as, its time, its retries and its budget change nothing', () => {
  const options = {
    label: 'x',
    timeout: '1m',
    retries: 5,
    budget: { tokens: 10 },
    onError: 'throw' as const,
    reuse: true,
  };
  expect(key({ options, call: { ...call, label: null, phase: null, ordinal: 9 } })).toBe(key());
  expect(key({ run: { ...run, allow: ['write', 'run'] } })).toBe(key());
});

test('everything of a model that can change its replies is a part of its settings', () => {
  const settings = (model: object, more: object = {}) =>
    modelSettingsOf(
      Config.parse({ keys: { k: { baseUrl: 'http://a/v1', ...more } }, models: [{ key: 'k', model: 'x', ...model }] }),
    )('x');
  const plain = settings({});
  for (const change of [
    { temperature: 0.1 },
    { temperature: 0 },
    { maxTokens: 9 },
    { body: { top_p: 1 } },
    { headers: { a: 'b' } },
  ])
    expect(settings(change)).not.toBe(plain);
  for (const change of [{ baseUrl: 'http://b/v1' }, { dialect: 'openai' }, { omit: ['seed'] }])
    expect(settings({}, change)).not.toBe(plain);
  expect(settings({ timeoutMs: 1000, aliases: ['y'], price: { input: 1, output: 1 } })).toBe(plain);
});

const result = (ageMs: number, onlyRead = true): Reusable => ({
  reuseKey: '',
  runId: 'r',
  output: null,
  outputHash: null,
  ageMs,
  onlyRead,
});
test.each([
  [{}, null, null],
  [{ reuse: false as const }, { ttlMs: null }, null],
  [{ isolation: 'worktree' as const, reuse: true as const }, { ttlMs: null }, null],
  [{}, { ttlMs: 5 }, { ttlMs: 5, isOwn: false }],
  [{ reuse: true as const }, null, { ttlMs: null, isOwn: true }],
  [{ reuse: { ttl: '1m' } }, { ttlMs: null }, { ttlMs: 60_000, isOwn: true }],
])('a call with %o in a run with %o', (options, reuse, wish) => {
  expect(wishOf(options, { reuse })).toEqual(wish);
});

test('a result that is too old, or did more than read, is not what the run asked for', () => {
  expect(isWished({ ttlMs: 100, isOwn: false }, result(100))).toBe(true);
  expect(isWished({ ttlMs: 100, isOwn: false }, result(101))).toBe(false);
  expect(isWished({ ttlMs: null, isOwn: false }, result(1e9))).toBe(true);
  expect(isWished({ ttlMs: null, isOwn: false }, result(1, false))).toBe(false);
  expect(isWished({ ttlMs: null, isOwn: true }, result(1, false))).toBe(true);
});
