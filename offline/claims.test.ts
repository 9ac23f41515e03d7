import { describe, expect, it } from 'vitest';
import { claimsIn, jsonIn, withoutJson } from './claims.ts';

describe('jsonIn', () => {
  it.each([
    ['Check {"a": 1} and [2, {"b": "}"}].', [{ a: 1 }, [2, { b: '}' }]]],
    ['a [1] in prose, then {"a": "\\"["}', [[1], { a: '"[' }]],
    ['open { and {input.x}', []],
  ])('%s', (text, values) => expect(jsonIn(text)).toEqual(values));

  it('ends on long and hostile text within the time of a test', () => {
    expect(jsonIn('['.repeat(300_000))).toEqual([]);
    expect(jsonIn('{"'.repeat(100_000))).toEqual([]);
  });
});

it('withoutJson leaves what is said around it', () => {
  expect(withoutJson('Files: ["git-diff.ts"], but {not this}: {"a": [1]}.')).toBe('Files: , but {not this}: .');
});

describe('claimsIn', () => {
  it('takes objects with a place, at any depth, with what they say of it', () => {
    const text = `Refute: ${JSON.stringify({ findings: [{ file: 'a.ts', line: 3, quote: 'x', severity: 'high', title: 'T', detail: 'D', id: 9 }, { file: 'b.ts' }] })}`;
    expect(claimsIn(text)).toEqual([
      expect.objectContaining({ file: 'a.ts', line: 3, quote: 'x', severity: 2, title: 'T', note: 'D', number: 9 }),
    ]);
  });

  it('takes rows with a path and a line', () => {
    expect(claimsIn('Sources:\n[4] src/a.ts:12: “const a”\n- b.md:1: Text\n12:30 is a time')).toMatchObject([
      { file: 'src/a.ts', line: 12, quote: 'const a', number: 4 },
      { file: 'b.md', line: 1, quote: 'Text', number: 2 },
    ]);
  });
});
