import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { costOf } from '../contracts/price.ts';
import { openModelFacts, parseFacts } from './model-facts.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const folderWith = (text: string | null): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'facts-'));
  folders.push(folder);
  mkdirSync(path.join(folder, '.everturn'));
  if (text !== null) writeFileSync(path.join(folder, '.everturn', 'models.yaml'), text);
  return folder;
};

const entry = (match: string, rest: string): string =>
  `  - match: ${match}\n    asOf: 2026-01-02\n    source: a bill\n    ${rest}\n`;

test('our own file has no faults, and every entry has a day and a source', () => {
  const [ours, ...others] = openModelFacts({ project: folderWith(null), home: folderWith(null) }).files();
  expect(others).toEqual([]);
  expect(ours?.faults).toEqual([]);
  expect(ours?.entries.length).toBeGreaterThan(50);
  for (const { asOf, source } of ours?.entries ?? []) {
    expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(source).toMatch(/^https:/);
  }
});

test('what everturn.yaml says goes before the project, the project before the home, the home before ours', () => {
  const project = folderWith(`models:\n${entry('gpt-5', 'contextTokens: 1000')}`);
  const home = folderWith(
    `models:\n${entry('gpt-5', 'contextTokens: 2000')}${entry('"*"', 'price: { input: 7, output: 8 }')}`,
  );
  const { modelFacts } = openModelFacts({ project, home });
  const facts = modelFacts({ model: 'gpt-5' });
  expect(facts.contextTokens).toEqual({ value: 1000, asOf: '2026-01-02', source: 'a bill' });
  // The home says nothing of the price of gpt-5 by that name, so ours holds.
  expect(facts.price?.value.input).toBe(1.25);
  expect(modelFacts({ model: 'gpt-5', contextTokens: 5 }).contextTokens).toEqual({
    value: 5,
    asOf: null,
    source: 'everturn.yaml',
  });
  expect(modelFacts({ model: 'nobody-knows', images: true }).images?.value).toBe(true);
  expect(modelFacts({ model: 'nobody-knows' })).toEqual({
    contextTokens: null,
    images: null,
    price: { value: { input: 7, output: 8 }, asOf: '2026-01-02', source: 'a bill' },
  });
});

test('the most exact name of a file fits, whatever the order and the case', () => {
  const project = folderWith(
    `models:\n${entry('"a*"', 'contextTokens: 1')}${entry('"a-b*-c"', 'contextTokens: 2')}${entry('A-BX-C', 'contextTokens: 3')}`,
  );
  const { modelFacts } = openModelFacts({ project, home: folderWith(null) });
  const tokens = (model: string) => modelFacts({ model }).contextTokens?.value;
  expect(['a', 'axx', 'a-b-c', 'a-bc-c', 'a-bx-c', 'xa', 'a-b'].map(tokens)).toEqual([1, 1, 2, 2, 3, undefined, 1]);
});

test('a pattern whose ends overlap does not fit a shorter name', () => {
  const { entries } = parseFacts(`models:\n${entry('"ab*ba"', 'contextTokens: 1')}`, 'f');
  expect(entries).toHaveLength(1);
  const project = folderWith(`models:\n${entry('"ab*ba"', 'contextTokens: 1')}`);
  const { modelFacts } = openModelFacts({ project, home: folderWith(null) });
  expect(modelFacts({ model: 'aba' }).contextTokens).toBeNull();
  expect(modelFacts({ model: 'abba' }).contextTokens?.value).toBe(1);
});

test('faults are reported with their place and path, and what is right holds', () => {
  const { entries, faults } = parseFacts(
    `models:
  - match: right
    contextTokens: 10
    asOf: 2026-01-02
    source: s
  - match: wrong
    contextTokens: -4
    price: { input: much, output: 1 }
    asOf: yesterday
    source: s
    contextTokns: 3
  - 17
rubbish: 1
`,
    'models.yaml',
  );
  expect(entries.map(({ match }) => match)).toEqual(['right']);
  expect(faults.map((fault) => `${fault.line}:${fault.path}`).toSorted()).toEqual(
    [
      '7:models[1].contextTokens',
      '8:models[1].price.input',
      '9:models[1].asOf',
      '11:models[1].contextTokns',
      '12:models[2]',
      '13:rubbish',
    ].toSorted(),
  );
});

test.each([
  ['nothing', ''],
  ['a list', '- 1'],
  ['a text', 'words'],
  ['broken YAML', 'models: ['],
  ['tabs', 'models:\n\t- x'],
  ['too deep', '['.repeat(5000)],
  ['models of another kind', 'models: 5'],
])('a file of %s gives no entries, one fault at least, and the other files hold', (_what, text) => {
  const { modelFacts, files } = openModelFacts({ project: folderWith(text), home: folderWith(null) });
  expect(files()[0]?.entries).toEqual([]);
  expect(files()[0]?.faults.length).toBeGreaterThan(0);
  expect(modelFacts({ model: 'gpt-5' }).contextTokens?.value).toBe(272_000);
});

test('a project cannot name a file outside, and a device is not read', () => {
  const project = folderWith(null);
  symlinkSync('/dev/zero', path.join(project, '.everturn', 'models.yaml'));
  const { files } = openModelFacts({ project, home: folderWith(null) });
  expect(files()[0]?.faults).toHaveLength(1);
});

test('an edit takes effect at the next call', () => {
  const project = folderWith(`models:\n${entry('m', 'contextTokens: 1')}`);
  const { modelFacts } = openModelFacts({ project, home: folderWith(null) });
  expect(modelFacts({ model: 'm' }).contextTokens?.value).toBe(1);
  writeFileSync(path.join(project, '.everturn', 'models.yaml'), `models:\n${entry('m', 'contextTokens: 22')}`);
  expect(modelFacts({ model: 'm' }).contextTokens?.value).toBe(22);
});

test('a price above a length is that of the whole request', () => {
  const price = { input: 1, output: 10, cacheRead: 0.1, above: { tokens: 200_000, input: 2, output: 20 } };
  const usage = { input: 200_000, output: 0, cacheRead: 0, cacheWrite: 0 };
  expect(costOf(usage, price)).toBeCloseTo(0.2);
  expect(costOf({ ...usage, input: 200_001, cacheRead: 100_000 }, price)).toBeCloseTo(0.400_002);
});
