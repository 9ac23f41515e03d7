import { describe, expect, test } from 'vitest';
import { readSchema, schemaFault, schemaFaults } from './json-schema.ts';
import { checkInput } from './run-input.ts';
import { withDefaults } from './schema-defaults.ts';

const letters = `${'a'.repeat(50_000)}!`;
const slow = '^(a+)+$';

/** Every kind of place where a schema holds a pattern. */
const places: [string, Record<string, unknown>, unknown][] = [
  ['pattern', { type: 'string', pattern: slow }, letters],
  ['patternProperties', { patternProperties: { [slow]: false }, additionalProperties: false }, { [letters]: 1 }],
  ['propertyNames', { propertyNames: { pattern: slow } }, { [letters]: 1 }],
  ['items', { items: { anyOf: [{ pattern: slow }] } }, [letters]],
  ['$ref', { $ref: '#/$defs/a', $defs: { a: { pattern: slow } } }, letters],
  ['draft 7', { $schema: 'http://json-schema.org/draft-07/schema#', pattern: slow }, letters],
  ['format url', { format: 'url' }, `http://${':'.repeat(100_000)}`],
];

describe.each(places)('%s', (_name, schema, value) => {
  test('is decided at once', { timeout: 20_000 }, () => {
    expect(schemaFaults(schema, value).length).toBeGreaterThan(0);
    const read = readSchema(schema);
    expect('check' in read && read.check(value).length).toBeGreaterThan(0);
    withDefaults(schema, value);
  });
});

/** Each definition asks twice for the next: 2^40 checks in all. */
const doubling: Record<string, unknown> = {
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries(
    Array.from({ length: 41 }, (_, n) => [
      `d${n}`,
      n === 40 ? { type: 'number' } : { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]),
  ),
};

test('a schema whose references multiply is ended and says so', { timeout: 60_000 }, () => {
  expect(() => schemaFaults(doubling, 1)).toThrow(expect.objectContaining({ code: 'schema_slow' }));
  const flow = { name: 'doubling', inputs: { properties: { a: doubling } } } as unknown as Parameters<
    typeof checkInput
  >[0];
  expect(() => checkInput(flow, { a: 1 })).toThrow();
  // What was ended has broken nothing for the next.
  expect(schemaFaults({ type: 'number' }, 'x')).toEqual(['must be number']);
});

test('a pattern that cannot be had is reported with its place', () => {
  const schema = { properties: { code: { pattern: '^(?=.*[A-Z]).+$' } } };
  expect(schemaFault(schema)).toMatchObject({
    path: ['properties', 'code', 'pattern'],
    message: expect.stringMatching(/look-ahead/),
  });
  expect(readSchema({ patternProperties: { '(a)\\1': {} } })).toMatchObject({
    fault: { path: ['patternProperties', '(a)\\1'] },
  });
});

test('a value that fits nowhere gives a hundred faults, not all', () => {
  const value = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, 1]));
  expect(schemaFaults({ additionalProperties: false }, value)).toHaveLength(100);
});

test.each([
  ['no draft named', undefined],
  ['draft 4', 'http://json-schema.org/draft-04/schema#'],
  ['draft 7 by https', 'https://json-schema.org/draft-07/schema'],
])('a tuple as before 2020-12: %s', (_name, $schema) => {
  const schema = {
    ...($schema && { $schema }),
    items: [{ type: 'string' }, { type: 'number' }],
    additionalItems: false,
  };
  expect(schemaFaults(schema, ['a', 1])).toEqual([]);
  expect(schemaFaults(schema, ['a', 'b', 2], 'row')).toEqual([
    'row: must have at most 2 items',
    'row[1]: must be number',
  ]);
});

test.each([
  [{ $schema: 'https://json-schema.org/draft/2019-09/schema', type: 'object' }, null],
  [
    { $schema: 'https://example.org/own', type: 'object' },
    { path: ['$schema'], message: /no known draft/ },
  ],
  [
    { properties: { a: { $ref: '#/$defs/b' } } },
    { path: ['properties', 'a', '$ref'], message: /cannot find what "#\/\$defs\/b" refers to/ },
  ],
  [
    { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    { path: ['$defs', 'a', '$ref'], message: /round in a circle/ },
  ],
  [{ properties: { a: 'text' } }, { path: ['properties', 'a'], message: /^must be object or boolean$/ }],
])('what is wrong with %j has its place', (schema, fault) => {
  expect(schemaFault(schema)).toEqual(fault && { path: fault.path, message: expect.stringMatching(fault.message) });
});
