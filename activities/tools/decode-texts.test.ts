import { describe, expect, test } from 'vitest';
import { decodeTexts } from './decode-texts.ts';

const item = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const list = { type: 'object', properties: { items: { type: 'array', items: item } }, required: ['items'] };
const text = (value: unknown): string => JSON.stringify(value);

describe('a text where the schema takes none is read as the JSON it holds', () => {
  test.each<[string, Record<string, unknown>, unknown, unknown]>([
    ['the whole', list, text({ items: [{ n: 1 }] }), { items: [{ n: 1 }] }],
    ['a part', list, { items: text([{ n: 1 }]) }, { items: [{ n: 1 }] }],
    [
      'several parts',
      list,
      { items: [text({ n: 1 }), { n: 2 }, text({ n: 3 })] },
      { items: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    ],
    ['texts within texts', list, text({ items: text([text({ n: '7' })]) }), { items: [{ n: 7 }] }],
    ['a number', { type: 'number' }, '5', 5],
    ['a list', { type: 'array' }, ' [1] ', [1]],
    ['one of several', { anyOf: [{ type: 'null' }, item] }, text({ n: 1 }), { n: 1 }],
  ])('%s', (_, schema, value, expected) => {
    const before = text(value);
    expect(decodeTexts(schema, value)).toEqual({ value: expected });
    expect(text(value)).toBe(before);
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['what it holds does not fit', list, text({ items: [{ n: 'x' }] })],
    ['it holds no JSON', list, '{items'],
    ['a part that is missing', list, { other: text([]) }],
    ['more than the text is wrong', list, { items: [text({ n: 1 }), 2] }],
    ['no text', list, 7],
  ])('but not: %s', (_, schema, value) => expect(decodeTexts(schema, value)).toBeUndefined());

  test('a text stays one where the schema takes texts', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'array' } } };
    const value = { a: '[1]', b: '[1]' };
    expect(decodeTexts(schema, value)).toEqual({ value: { a: '[1]', b: [1] } });
  });
});
