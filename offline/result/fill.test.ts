import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence, Found } from './evidence.ts';
import { fillResult } from './fill.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true, ownProperties: true });
addFormats.default(ajv);

const names = fc.constantFrom(
  ...'file line quote why note severity title holds refuted count queries sources answer kind location zebra constructor'.split(
    ' ',
  ),
);
const range = (most: number) =>
  fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const described = fc.option(fc.constantFrom('The line', 'why it matters', 'how many', ''), { nil: undefined });

const text = fc.oneof(
  range(60).map(([minLength, maxLength]) => ({ type: 'string', minLength, maxLength })),
  fc
    .constantFrom('^[a-z]+$', '^\\d{4}-\\d{2}$', '^(high|low)$', '[A-Z]{2,4}\\d+', '^[\\w-]{3,}$', '^a?b*c+(d|e)$')
    .map((pattern) => ({
      type: 'string',
      pattern,
    })),
  fc.constantFrom('date', 'date-time', 'uri', 'email', 'uuid').map((format) => ({ type: 'string', format })),
);
const number = fc
  .tuple(range(50), fc.constantFrom('integer', 'number'), fc.constantFrom(undefined, 1, 2), fc.boolean())
  .map(([[a, b], type, multipleOf, open]) => ({
    type,
    ...(open ? { exclusiveMinimum: a - 1, exclusiveMaximum: b + 3 } : { minimum: a, maximum: b + 2 }),
    ...(multipleOf ? { multipleOf } : {}),
  }));
const leaf = fc.oneof(
  text,
  number,
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc.constant({}),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constantFrom('low', 'high', 'unknown')), {
      minLength: 1,
      maxLength: 5,
    })
    .map((members) => ({ enum: members })),
  fc
    .jsonValue()
    .filter((value) => value !== undefined)
    .map((value) => ({ const: value })),
  fc.constant({ $ref: '#/$defs/shared' }),
);

const { schema } = fc.letrec<{ schema: object; array: object; object: object; union: object }>((tie) => ({
  schema: fc.oneof({ maxDepth: 4 }, leaf, tie('object'), tie('array'), tie('union')),
  array: fc.oneof(
    fc
      .tuple(tie('schema'), range(6))
      .map(([items, [minItems, maxItems]]) => ({ type: 'array', items, minItems, maxItems })),
    fc
      .tuple(fc.constantFrom({ type: 'string' }, { type: 'integer' }, { type: 'string', maxLength: 3 }), range(6))
      .map(([items, [minItems, maxItems]]) => ({ type: 'array', items, minItems, maxItems, uniqueItems: true })),
  ),
  object: fc
    .tuple(
      fc.dictionary(names, fc.tuple(tie('schema'), fc.boolean(), described), { maxKeys: 5, noNullPrototype: true }),
      fc.boolean(),
    )
    .map(([fields, closed]) => ({
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(fields).map(([name, [each, , description]]) => [
          name,
          '$ref' in each ? each : { ...each, ...(description ? { description } : {}) },
        ]),
      ),
      required: Object.entries(fields).flatMap(([name, [, required]]) => (required ? [name] : [])),
      ...(closed ? { additionalProperties: false } : {}),
    })),
  union: fc.tuple(tie('schema'), fc.constantFrom('anyOf', 'allOf')).map(([each, key]) => ({
    [key]: key === 'anyOf' ? [{ type: 'null' }, each] : [each],
  })),
}));

const found: fc.Arbitrary<Found> = fc.record(
  {
    file: fc.constantFrom('src/a.ts', 'README.md'),
    line: fc.integer({ min: 1, max: 9999 }),
    quote: fc.string(),
    title: fc.string(),
    note: fc.string({ unit: 'grapheme' }),
    severity: fc.integer({ min: 0, max: 3 }),
    category: fc.constantFrom('security', 'tests'),
    holds: fc.boolean(),
    number: fc.nat(20),
    raw: fc.dictionary(names, fc.jsonValue(), { maxKeys: 3 }),
  },
  { requiredKeys: ['title', 'note'] },
);
const evidence: fc.Arbitrary<Evidence> = fc.record({
  about: fc.string(),
  found: fc.array(found, { maxLength: 8 }),
  queries: fc.array(fc.string(), { maxLength: 8 }),
  summary: fc.string(),
});

const none: Evidence = {
  about: '“tides”',
  found: [],
  queries: [],
  summary: '[offline model] nothing found for “tides”',
};
const one: Found = {
  file: 'a.ts',
  line: 3,
  quote: 'let a;',
  title: 'A',
  note: 'says a',
  severity: 2,
  category: 'security',
  holds: true,
  number: 7,
};
const passages = {
  type: 'object',
  properties: {
    passages: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          file: { type: 'string' },
          line: { type: 'integer', minimum: 1 },
          quote: { type: 'string' },
          why: { type: 'string' },
        },
        required: ['file', 'line', 'quote'],
        additionalProperties: false,
      },
    },
  },
  required: ['passages'],
};

describe('fillResult', () => {
  it('gives what the schema allows, whatever was found', () => {
    fc.assert(
      fc.property(schema, evidence, (each, facts) => {
        const root = { ...each, $defs: { shared: { type: 'array', items: { type: 'string' }, minItems: 1 } } };
        const value = fillResult(root, facts);
        const validate = ajv.compile(root);
        expect(validate(value), JSON.stringify({ root, value, errors: validate.errors })).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('takes each field from its place', () => {
    expect(fillResult(passages, { ...none, found: [one] })).toEqual({
      passages: [{ file: 'a.ts', line: 3, quote: 'let a;', why: 'says a' }],
    });
    expect(fillResult(passages, none)).toEqual({ passages: [] });
  });

  it.each([
    [{ enum: ['low', 'medium', 'high'] }, 'high'],
    [{ enum: ['info', 'warning'] }, 'warning'],
    [{ enum: ['confirmed', 'refuted', 'unclear'] }, 'confirmed'],
    [{ enum: ['tests', 'security'] }, 'security'],
    [{ enum: ['blue', 'unknown'] }, 'unknown'],
    [{ enum: ['blue', 'green'] }, 'blue'],
  ])('chooses of %j %s', (each, expected) => {
    expect(fillResult(each, { ...none, found: [one] })).toBe(expected);
  });

  it('says of a boolean what the evidence says, by the sense of its name', () => {
    const properties = { real: { type: 'boolean' }, refuted: { type: 'boolean' }, falsePositive: { type: 'boolean' } };
    const asked = { type: 'object', properties };
    expect(fillResult(asked, { ...none, found: [one] })).toEqual({ real: true, refuted: false, falsePositive: false });
    expect(fillResult(asked, { ...none, found: [{ ...one, holds: false }] })).toEqual({
      real: false,
      refuted: true,
      falsePositive: true,
    });
    expect(fillResult(asked, none)).toEqual({ real: false, refuted: true, falsePositive: true });
  });

  it('says so where nothing was found, and leaves out what it need not say', () => {
    const properties = {
      file: { type: 'string' },
      answer: { type: 'string' },
      quote: { type: 'string' },
      author: { type: 'string' },
    };
    expect(fillResult({ type: 'object', properties, required: ['file', 'answer'] }, none)).toEqual({
      file: 'nothing found for “tides”',
      answer: '[offline model] nothing found for “tides”',
    });
  });

  it('counts what was found, and claims no certainty', () => {
    const properties = {
      numberOfHits: { type: 'integer' },
      confidence: { type: 'number', minimum: 0, maximum: 1 },
      lineNumber: { type: 'integer' },
    };
    const required = Object.keys(properties);
    expect(fillResult({ type: 'object', properties, required }, { ...none, found: [one, one] })).toEqual({
      numberOfHits: 2,
      confidence: 0,
      lineNumber: 3,
    });
  });

  it('refers to what the prompt numbered', () => {
    const properties = { text: { type: 'string' }, sources: { type: 'array', items: { type: 'integer' } } };
    expect(fillResult({ type: 'array', items: { type: 'object', properties } }, { ...none, found: [one] })).toEqual([
      { text: 'a.ts:3 reads: “let a;”', sources: [7] },
    ]);
  });
});
