import { expect, test } from 'vitest';
import { z } from 'zod';
import { SessionLine } from './session-file.ts';
import { strictly } from './strictly.ts';

const Inner = z.object({ a: z.string() });
const unknownIn = (schema: z.ZodType, value: unknown): string[] => {
  const { error } = strictly(schema).safeParse(value);
  const collect = (issues: readonly z.core.$ZodIssue[], above: PropertyKey[]): string[] =>
    issues.flatMap((issue) => {
      const path = [...above, ...issue.path];
      if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key].join('.'));
      return issue.code === 'invalid_union' ? issue.errors.flatMap((inner) => collect(inner, path)) : [];
    });
  return error ? collect(error.issues, []) : [];
};

test.each<[string, z.ZodType, unknown, string[]]>([
  ['an object', Inner, { a: '', b: 1 }, ['b']],
  ['an object in an object', z.object({ in: Inner }), { in: { a: '', b: 1 } }, ['in.b']],
  ['an item of a list', z.array(Inner), [{ a: '' }, { a: '', b: 1 }], ['1.b']],
  ['a value of a record', z.record(z.string(), Inner), { x: { a: '', b: 1 } }, ['x.b']],
  ['what is optional', z.object({ in: Inner.optional() }), { in: { a: '', b: 1 } }, ['in.b']],
  ['what may be null', z.object({ in: Inner.nullable() }), { in: { a: '', b: 1 } }, ['in.b']],
  ['what has a default', z.object({ in: Inner.default({ a: '' }) }), { in: { a: '', b: 1 } }, ['in.b']],
  ['what is refined', z.object({ in: Inner.refine(() => true) }), { in: { a: '', b: 1 } }, ['in.b']],
  ['a pair', z.tuple([Inner, z.string()]), [{ a: '', b: 1 }, ''], ['0.b']],
  [
    'a choice by its type',
    z.discriminatedUnion('type', [z.object({ type: z.literal('x'), in: Inner }), z.object({ type: z.literal('y') })]),
    { type: 'x', in: { a: '', b: 1 } },
    ['in.b'],
  ],
  ['what is transformed', Inner.transform(({ a }) => a), { a: '', b: 1 }, ['b']],
])('%s refuses an unknown field', (_what, schema, value, expected) => {
  expect(schema.safeParse(value).success).toBe(true);
  expect(unknownIn(schema, value)).toEqual(expected);
});

test('an object that takes other fields keeps them, and checks are kept', () => {
  expect(strictly(z.looseObject({ a: z.string() })).parse({ a: '', b: 1 })).toEqual({ a: '', b: 1 });
  expect(strictly(z.record(z.string(), z.unknown())).parse({ a: 1 })).toEqual({ a: 1 });
  expect(strictly(z.object({ a: z.string().min(3) })).safeParse({ a: 'ab' }).success).toBe(false);
  expect(strictly(Inner.refine(({ a }) => a === 'x')).safeParse({ a: 'y' }).success).toBe(false);
  expect(strictly(z.object({ a: z.string().default('d') })).parse({})).toEqual({ a: 'd' });
});

test('a schema of an unknown kind is refused when it is declared', () => {
  expect(() => strictly(z.object({ a: z.promise(z.string()) }))).toThrow(/promise/);
});

test('a line of an exported session is strict to its depth', () => {
  const chunk = { type: 'chunk', turn: 1, step: 0, ordinal: 0, at: '2026-01-01T00:00:00.000Z' };
  const body = { kind: 'text', role: 'user', text: '' };
  expect(strictly(SessionLine).safeParse({ ...chunk, body }).success).toBe(true);
  expect(strictly(SessionLine).safeParse({ ...chunk, body: { ...body, extra: 1 } }).success).toBe(false);
});
