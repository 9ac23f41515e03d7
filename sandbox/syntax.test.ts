// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of ours, not of JavaScript
import { describe, expect, test } from 'vitest';
import { checkSource, readsOf } from './syntax.ts';

describe('checkSource', () => {
  test.each([
    ['expression', 'a + 1 // b'],
    ['code', 'if (a) return 1;\nreturn { b }'],
    ['template', 'a ${b} \\${ ${`${c}`}'],
  ] as const)('accepts the %s %s', (kind, source) => {
    expect(checkSource(kind, source)).toBeNull();
  });

  test.each([
    ['expression', 'a +\n  * b', { line: 2, column: 3 }],
    ['expression', 'a b', { line: 1, column: 3 }],
    ['expression', '', { line: 1, column: 1 }],
    ['code', 'let a;\nlet a;', { line: 2, column: 5 }],
    ['code', 'with (a) b', { line: 1, column: 1 }],
    ['template', 'one\ntwo ${a b}', { line: 2, column: 5 }],
    ['template', 'one\ntwo ${a +}', { line: 2, column: 10 }],
  ] as const)('finds the place in the %s %s', (kind, source, place) => {
    expect(checkSource(kind, source)).toMatchObject(place);
  });
});

describe('readsOf', () => {
  test('a source as deep as it is long', () => {
    expect(readsOf('expression', `results.plan${'.b'.repeat(50_000)}`).steps).toEqual(['plan']);
  });

  test.each([
    ['template', '${results.plan.output} ${results["draft-1"]?.output} ${results.plan}', ['plan', 'draft-1']],
    ['code', 'const { plan, draft: { output } } = results; return results[`last`]', ['plan', 'draft', 'last']],
    ['expression', 'input.results.plan', []],
    ['expression', 'input.a.reduce((results, a) => results.concat(a), [])', []],
    ['expression', 'results[input.step]', 'all'],
    ['expression', 'Object.keys(results)', 'all'],
    ['expression', '({ results })', 'all'],
    ['expression', 'globalThis["res" + "ults"]', 'all'],
    ['code', 'const { plan, ...rest } = results; return rest', 'all'],
  ] as const)('%s %s reads %j', (kind, source, steps) => {
    expect(readsOf(kind, source).steps).toEqual(steps);
  });

  test.each([
    ['expression', 'item.a', true],
    ['expression', 'index > 2', true],
    ['expression', 'input.list.map((item, index) => item.a + index)', false],
    ['expression', '({ item: 1 }).item', false],
    ['code', 'for (const item of input.list) return item; return 1', false],
    ['code', 'const { a = item } = input; return a', true],
  ] as const)('%s %s: uses the item: %s', (kind, source, uses) => {
    expect(readsOf(kind, source).usesItem).toBe(uses);
  });
});
