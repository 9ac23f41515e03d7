import { describe, expect, test } from 'vitest';
import { McpServer, McpServers } from '../../../contracts/mcp.ts';
import { describeTools } from './describe.ts';
import { serverLimits } from './limits.ts';
import { createLines } from './lines.ts';
import { toolNames } from './naming.ts';
import { offeredSchema } from './offered-schema.ts';
import { createPace } from './pace.ts';
import { plainText } from './plain-text.ts';
import { toResult } from './result.ts';
import { fits, rightsOf } from './rights.ts';

const server = (changes: object = {}) => McpServer.parse({ command: ['server'], ...changes });

describe('names', () => {
  test('are those of every provider, whatever the server calls its tools', () => {
    const own = ['read', 'a/b', 'a.b', 'a_b', 'ä', 'x'.repeat(100), `${'x'.repeat(100)}y`];
    const names = [...toolNames('files', own).values()];
    expect(new Set(names).size).toBe(own.length);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names[0]).toBe('files__read');
    expect(names[3]).toBe('files__a_b');
  });

  test('do not depend on the order of a list', () => {
    const own = ['a/b', 'a.b', 'a_b', 'z'];
    const [one, other] = [toolNames('s', own), toolNames('s', own.toReversed())];
    expect(own.map((name) => one.get(name))).toEqual(own.map((name) => other.get(name)));
  });
});

describe('rights', () => {
  test.each([
    [{}, {}, 'run once'],
    [{}, { readOnlyHint: true }, 'run once'],
    [{}, { idempotentHint: true }, 'run once'],
    [{ trustHints: true }, { readOnlyHint: true }, 'read pure'],
    [{ trustHints: true }, { readOnlyHint: true, destructiveHint: true }, 'run once'],
    [{ trustHints: true }, { idempotentHint: true }, 'run idempotent'],
    [{ permission: 'read' }, {}, 'read pure'],
    [{ permission: 'read' }, { readOnlyHint: false }, 'run once'],
    [{ permission: 'read' }, { destructiveHint: true }, 'run once'],
    [{ permission: 'write' }, { destructiveHint: true }, 'run once'],
    [{ permission: 'write' }, { readOnlyHint: true }, 'write once'],
    [{ tools: { 'get_*': { permission: 'read' } } }, { destructiveHint: true }, 'read pure'],
    [{ tools: { '*': { permission: 'write', effect: 'idempotent' } } }, {}, 'write idempotent'],
    [{ permission: 'read', tools: { get_it: { permission: 'run' } } }, { readOnlyHint: true }, 'run once'],
  ])('%j with the hints %j: %s', (config, hints, wanted) => {
    const { permission, effect } = rightsOf(server(config), 'get_it', hints);
    expect(`${permission} ${effect}`).toBe(wanted);
  });

  test('a pattern is a name, or has stars in it', () => {
    expect([fits('a', 'a'), fits('a', 'ab'), fits('a*', 'ab'), fits('*b', 'ab'), fits('a*c', 'abc')]).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect([fits('a*a', 'a'), fits('*', ''), fits('a*b*c', 'a-b-c'), fits('a*b*c', 'a-c-b')]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    // A matcher that backtracks would never finish.
    expect(fits(`${'*a'.repeat(100)}b`, 'a'.repeat(1000))).toBe(false);
  });
});

test('a list of tools is taken tool by tool', () => {
  const list = [
    { name: 'fine', annotations: { readOnlyHint: 'yes' } },
    { name: 7 },
    'text',
    { name: 'left', inputSchema: { type: 'object' } },
  ];
  const { tools, faults } = describeTools('s', server({ tools: { left: { offer: false } } }), list);
  expect(tools.map(({ name, schema }) => [name, schema])).toEqual([['s__fine', {}]]);
  expect(faults.map(({ tool }) => tool)).toEqual(['number 2', 'number 3']);
});

test('a schema is offered as every provider takes it', () => {
  expect(offeredSchema({})).toEqual({ type: 'object', properties: {} });
  const union = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    anyOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'array' } } },
    ],
    properties: { c: { type: 'number' } },
  };
  expect(offeredSchema(union)).toEqual({
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'array', items: {} }, c: { type: 'number' } },
  });
});

test('a schema that is a reference is offered as what it refers to', () => {
  const args = { type: 'object', properties: { a: { $ref: '#/definitions/A' } }, required: ['a'] };
  const definitions = { 'My Args': args, A: { type: 'string' }, Again: { $ref: '#/definitions/My%20Args' } };
  const offered = { type: 'object', properties: args.properties, required: ['a'], definitions };
  expect(offeredSchema({ $ref: '#/definitions/Again', definitions })).toEqual(offered);
  expect(offeredSchema({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } })).toMatchObject({ properties: {} });
});

test('structured content is read beside a text that does not say it', () => {
  const words = (text: string, structuredContent: unknown) =>
    toResult({ content: [{ type: 'text', text }], structuredContent }).text;
  expect(words('2 found', { found: [{ id: 'x7' }, { id: 'x8' }] })).toBe(
    '2 found\n{"found":[{"id":"x7"},{"id":"x8"}]}',
  );
  for (const [text, value] of [
    ['{"b": 2, "a": "é"}', { a: 'é', b: 2 }],
    ['line\n2', { result: 'line\n2' }],
    ['Ada is 36', { name: 'Ada', age: 36, title: null }],
    ['- {"path": "a\\nb"}', { files: [{ path: 'a\nb' }] }],
  ] as const)
    expect(words(text, value)).toBe(text);
  expect(
    toResult({ content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }], structuredContent: { a: 1 } }).text,
  ).toBe('[Image: image/png, 3 bytes]\n{"a":1}');
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  expect(words('deep', deep)).toBe('deep');
  const wide = Array.from({ length: 100_000 }, (_, index) => `v${index}`);
  expect(words(`${'x'.repeat(1_000_000)}${wide.join()}`, { wide }).startsWith('xxx')).toBe(true);
});

test('a server has so many tools, and so much of them is kept', () => {
  const many = describeTools(
    's',
    server(),
    Array.from({ length: 1000 }, (_, index) => ({ name: `t${index}` })),
  );
  expect(many.tools.length).toBe(serverLimits.tools);
  expect(many.faults[0]?.message).toBe('the server has more than 200 tools');
  const schema = { type: 'object', properties: { a: { type: 'string', description: 'x'.repeat(60_000) } } };
  const large = describeTools(
    's',
    server(),
    Array.from({ length: 50 }, (_, index) => ({ name: `t${index}`, inputSchema: schema })),
  );
  expect(large.tools.length).toBe(8);
  expect(large.faults[0]?.message).toBe('the tools of the server take more than 512.0 kB together');
});

test('what nobody sees is taken out of texts', () => {
  expect(plainText('Reads\u{e0041} a\u200b file\u202e\u0007\n- or two', 100)).toBe('Reads a file\n- or two');
  expect(plainText('x'.repeat(200), 10)).toBe(`${'x'.repeat(9)}…`);
});

test('a server that sends much is read more slowly, and given up when it never stops', () => {
  let now = 0;
  const pace = createPace(() => now);
  expect(pace.took(1000, 1)).toEqual({ pauseMs: 0 });
  expect(pace.took(serverLimits.bytesInSecond, 1)).toEqual({ pauseMs: 1000 });
  now = 5000;
  expect(pace.took(1000, 1)).toEqual({ pauseMs: 0 });
  const verdicts = Array.from({ length: 12 }, () => {
    now += 1000;
    return pace.took(10, serverLimits.messagesInSecond);
  });
  expect(verdicts.indexOf('floods')).toBe(serverLimits.fullSeconds - 1);
});

test('lines are cut wherever the pieces end, and have a bound', () => {
  const lines = createLines(100);
  const text = '{"a":"ä"}\r\n\n{"b":1}\nrest';
  const cut = [...Buffer.from(text)].flatMap((byte) => lines(Buffer.from([byte])));
  expect(cut).toEqual(['{"a":"ä"}', '', '{"b":1}']);
  expect(() => lines(Buffer.alloc(200, 120))).toThrow('it sent a message of more than');
});

test('an answer is what a model can read', () => {
  const words = (content: unknown[], rest: object = {}) => toResult({ content, ...rest });
  expect(
    words([
      { type: 'text', text: 'a' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    ]).text,
  ).toBe('a\n[Image: image/png, 3 bytes]');
  expect(words([{ type: 'resource', resource: { uri: 'file:///a', text: 'inside' } }]).text).toBe(
    '[Resource file:///a]\ninside',
  );
  expect(words([{ type: 'resource_link', uri: 'file:///a', name: 'a' }]).text).toBe('[Resource a file:///a]');
  expect(words([{ type: 'video' }]).text).toBe('[A part of a kind that Everturn does not know]');
  expect(words([{ type: 'error', text: 'no' }]).text).toBe('no');
  expect(words([], { structuredContent: { a: 1 } }).text).toBe('{"a":1}');
  expect(words([], { isError: true })).toEqual({ status: 'error', text: '[The server gave no content]' });
  const long = words([{ type: 'text', text: 'x'.repeat(200_000) }]).text;
  expect(long.length).toBeLessThan(50_100);
  expect(long).toContain('[150000 characters left out]');
});

describe('the configuration', () => {
  const fault = (value: unknown): string => {
    const parsed = McpServers.safeParse(value);
    return parsed.success
      ? 'none'
      : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  };

  test('names a program or an address', () => {
    expect(fault({ files: { command: ['npx', '-y', 'server'] }, web: { url: 'https://example.com/mcp' } })).toBe(
      'none',
    );
    expect(fault({ a: {} })).toBe('a: expected either command, for a program, or url, for a server over HTTP');
    expect(fault({ a: { command: ['x'], url: 'https://example.com' } })).toContain('expected either command');
    expect(fault({ a: { command: ['x'], local: true } })).toBe(
      'a.local: expected only with url; this server has command',
    );
    expect(fault({ a: { url: 'https://example.com', env: {} } })).toBe(
      'a.env: expected only with command; this server has url',
    );
    expect(fault({ a: { url: 'file:///etc/passwd' } })).toContain('http://');
  });

  test('refuses names that tools could not have, and variables of ours', () => {
    for (const name of ['a__b', 'a b', '_a', 'a_', '1a', 'x'.repeat(40), '__proto__x'])
      expect(fault({ [name]: { command: ['x'] } })).not.toBe('none');
    for (const variable of ['DATABASE_URL', 'EVERTURN_TOKEN', 'TEMPORAL_API_KEY', 'temporal_address'])
      expect(fault({ a: { command: ['x'], envFrom: [variable] } })).toContain('never passed on');
    expect(fault({ a: { command: ['x'], envFrom: ['GITHUB_TOKEN'] } })).toBe('none');
  });
});
