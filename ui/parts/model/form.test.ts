import { expect, test } from 'vitest';
import { type Field, faultsByField, fieldsOfSchema, initialEntries, readValues } from './form.ts';

const schema = {
  type: 'object',
  required: ['question', 'options'],
  properties: {
    question: { type: 'string' },
    urls: { type: 'array', items: { type: 'string', format: 'uri' }, default: ['https://a.example', 'b c'] },
    options: {
      type: 'object',
      required: ['depth'],
      properties: { depth: { type: 'integer' }, notify: { type: 'boolean' } },
    },
    people: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, roles: { type: 'array', items: { enum: ['a', 'b'] } } },
      },
    },
    either: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    matrix: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
  },
};
const fields = fieldsOfSchema(schema) ?? [];
const typesOf = (all: readonly Field[]): string[] =>
  all.flatMap(({ name, type, fields: inner, entry }) => [
    `${name}:${type}`,
    ...typesOf(inner),
    ...(entry ? typesOf([entry]) : []),
  ]);
const typed = (texts: Record<string, string>, entries: Record<string, string[]> = {}) => ({
  texts: new Map(Object.entries(texts)),
  entries,
});

test('every schema of an object has a form: lists, objects in lists, and JSON where a form says too little', () => {
  expect(typesOf(fields)).toEqual([
    'question:text',
    'urls:list',
    'entry:text',
    'options:group',
    'depth:integer',
    'notify:boolean',
    'people:list',
    'entry:group',
    'name:text',
    'roles:list',
    'entry:choice',
    'either:json',
    'matrix:list',
    'entry:list',
    'entry:number',
  ]);
  expect(fieldsOfSchema({ type: 'object', properties: { deep: nested(9) } })).not.toBeNull();
  expect(fieldsOfSchema({ type: 'object', properties: {}, oneOf: [] })).toBeNull();
  expect(fieldsOfSchema(null)).toBeNull();
});

const nested = (levels: number): object =>
  levels === 0 ? { type: 'string' } : { type: 'object', properties: { inner: nested(levels - 1) } };

test('what was typed becomes the value that the schema describes', () => {
  const read = readValues(
    fields,
    typed(
      {
        question: 'Why?',
        'urls.1': 'https://a.example',
        'urls.2': '',
        'options.depth': '3',
        'options.notify': 'false',
        'people.4.name': 'Ada',
        'people.4.roles.9': 'b',
        either: '{"n": 1}',
        'matrix.5.6': '1.5',
      },
      { urls: ['1', '2'], people: ['4'], 'people.4.roles': ['9'], matrix: ['5'], 'matrix.5': ['6'] },
    ),
  );
  expect(read).toEqual({
    faults: {},
    values: {
      question: 'Why?',
      urls: ['https://a.example'],
      options: { depth: 3, notify: false },
      people: [{ name: 'Ada', roles: ['b'] }],
      either: { n: 1 },
      matrix: [[1.5]],
    },
  });
});

test('nothing typed is left out where it may be, and text that is no JSON is a fault of its field', () => {
  expect(readValues(fields, typed({})).values).toEqual({ options: { notify: false } });
  expect(readValues(fields, typed({ either: '{oops' })).faults).toEqual({
    either: expect.stringMatching(/^is not JSON/),
  });
});

test('a list begins with its default', () => {
  const urls = fields.find(({ name }) => name === 'urls');
  expect(urls && initialEntries(urls)).toEqual(['https://a.example', 'b c']);
});

test('a fault goes to the deepest field on its path', () => {
  const { of, rest } = faultsByField(
    [
      'input.options.depth: expected an integer',
      `input.options: expected the required property "depth"`,
      'input.urls[1]: expected a URI',
      'input: expected the required property "question"',
      'input.unknown: unexpected',
    ],
    fields,
  );
  expect(of).toEqual({ 'options.depth': 'is required', urls: 'entry 2: expected a URI', question: 'is required' });
  expect(rest).toEqual(['input.unknown: unexpected']);
});
