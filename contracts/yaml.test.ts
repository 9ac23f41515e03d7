import { expect, test } from 'vitest';
import { readYaml } from './yaml.ts';

const read = (text: string): unknown => {
  const { value, faults } = readYaml(text);
  expect(faults).toEqual([]);
  return value;
};
const faultsOf = (text: string): string[] =>
  readYaml(text).faults.map(({ offset, message }) => `${offset}: ${message}`);

test('a merge key brings the fields of other maps; those that are written themselves win, then the first', () => {
  const base = 'a: &a {x: 1, y: {deep: [1]}}\nb: &b {x: 2, z: 3}\n';
  expect(read(`${base}c: {<<: *a, x: 0}`)).toMatchObject({ c: { x: 0, y: { deep: [1] } } });
  expect(read(`${base}c: {x: 0, <<: *a}`)).toMatchObject({ c: { x: 0, y: { deep: [1] } } });
  expect(read(`${base}c:\n  <<: [*a, *b]`)).toMatchObject({ c: { x: 1, y: { deep: [1] }, z: 3 } });
  expect(read(`${base}d: &d {<<: *b}\nc: {<<: [*d, {w: 4}]}`)).toMatchObject({ c: { x: 2, z: 3, w: 4 } });
  expect(JSON.stringify(read(`${base}c: {<<: *a}`))).not.toContain('<<');
});

test('in quotes it is a name like any other', () => {
  expect(read('c: {"<<": 1}')).toEqual({ c: { '<<': 1 } });
});

test.each([
  ['no map', 'a: {<<: 5}', ['4: <<: expected a map, or a list of maps, whose fields are merged into this one']],
  ['a list with no map', 'a: {<<: [{x: 1}, 2]}', [expect.stringContaining('a list of maps')]],
  ['an alias of no map', 'a: &a [1]\nb: {<<: *a}', [expect.stringContaining('a list of maps')]],
  ['nothing', 'a:\n  <<:\n  b: 1', [expect.stringContaining('a list of maps')]],
  ['twice', 'a: {<<: {x: 1}, <<: {y: 1}}', [expect.stringContaining('twice')]],
  ['itself', 'a: &a {<<: *a}', ['7: <<: this map would be merged into itself']],
  ['itself, by a field', 'a: &a {b: {<<: *a}}', [expect.stringContaining('merged into itself')]],
  ['no anchor', 'a: {<<: *b}', [expect.stringContaining('expected an anchor')]],
])('refused with its place: %s', (_name, text, faults) => expect(faultsOf(text)).toEqual(faults));

test('merges that double with each line are refused before they are made', () => {
  const lines = Array.from({ length: 40 }, (_, n) => `m${n + 1}: &m${n + 1} {a: {<<: *m${n}}, b: {<<: *m${n}}}`);
  expect(faultsOf(`m0: &m0 {x: 1}\n${lines.join('\n')}`)).toEqual([expect.stringContaining('at most 10000 fields')]);
});

test.each([
  '9007199254740993',
  '-9007199254740993',
  '+9007199254740993',
  '0x20000000000001',
  '1e999',
  '123456789012345678901',
])('the number %s is refused where it stands, not rounded', (number) => {
  expect(faultsOf(`a: 1\nlist: [2, ${number}]`)).toEqual([
    `15: the number ${number} cannot be kept exactly; write it as text, in quotes`,
  ]);
  expect(read(`a: "${number}"`)).toEqual({ a: number });
});

test.each(['9007199254740992', '1000000000000000000', '0x1fffffffffffff', '1e300', '0.1', '007', '1.0'])(
  'the number %s is kept',
  (number) => expect(read(`a: ${number}`)).toEqual({ a: Number(number) }),
);
