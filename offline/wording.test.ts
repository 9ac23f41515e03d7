import { describe, expect, it } from 'vitest';
import { asksForList, filesNamedIn, isGreeting, searchWords } from './wording.ts';

describe('filesNamedIn', () => {
  it.each([
    ['what does README.md say?', ['README.md']],
    ['compare `src/a.ts`, ./b.json and "c.yaml".', ['src/a.ts', './b.json', 'c.yaml']],
    ['see https://example.com/x.html, e.g. there', []],
    ['read the readme and the LICENSE', ['readme', 'LICENSE']],
    ['README.md is the readme', ['README.md']],
    ['does it use Node.js 24.1?', []],
    ['read .gitignore', ['.gitignore']],
  ])('%s', (text, files) => expect(filesNamedIn(text)).toEqual(files));
});

describe('searchWords', () => {
  it.each([
    ['Which files are here, and what does README.md say this project is?', []],
    ['How are storm surges detected?', ['storm', 'surge', 'detected']],
    ['Where is "exit code 3" used in main.ts?', ['exit', 'code']],
    ['What does `src/a.ts` do with sessions?', ['session']],
  ])('%s', (text, words) => expect(searchWords(text)).toEqual(words));
});

it('sees what is asked for', () => {
  expect(asksForList('Which files are here?')).toBe(true);
  expect(asksForList('How does the list work?')).toBe(false);
  expect(isGreeting('hello there')).toBe(true);
  expect(isGreeting('help me with README.md')).toBe(false);
});

it('ends on long and hostile text within the time of a test', () => {
  for (const text of [
    'a'.repeat(200_000),
    '.a'.repeat(100_000),
    'and then '.repeat(20_000),
    '"'.repeat(200_000),
    '/'.repeat(200_000),
  ]) {
    expect(filesNamedIn(text).join('').length).toBeLessThan(20_001);
    searchWords(text);
    asksForList(text);
    isGreeting(text);
  }
});
