import { describe, expect, it } from 'vitest';
import { excuseFor, eyes, eyesIn, smellsIn } from './smells.ts';

const all = new Set(eyes);
const titles = (path: string, text: string) => smellsIn(path, text, all).map(({ title }) => title);
const excuses = (path: string, text: string) => smellsIn(path, text, all).map((smell) => excuseFor(smell, path, text));

describe('smellsIn', () => {
  it.each([
    ['db.ts', `db.query('SELECT * FROM users WHERE name = ' + name);`, 'SQL is built from strings'],
    ['a.ts', 'try { run(); } catch {}', 'An error is swallowed'],
    ['a.py', 'except Exception: pass', 'An error is swallowed'],
    ['a.ts', 'const there = await stat(path).catch(() => undefined);', 'Any error counts as nothing there'],
    ['a.ts', 'const value = JSON.parse(text) as any;', 'The type is waved through'],
    ['a.ts', 'items.forEach(async (item) => save(item));', 'forEach does not wait for an async function'],
    ['a.ts', '  await delay(500);', 'Waits for a time, not for a condition'],
    ['src/workflows/turn.ts', 'const now = Date.now();', 'A clock or chance in workflow code'],
    ['a.ts', '  session.save();', 'A promise may not be awaited'],
    ['a.ts', '// TODO: the other half', 'Left to be done'],
    ['a.ts', "console.log('here');", 'Writes to the console'],
    ['a.test.ts', "it.only('works', () => {", 'Only this test runs'],
  ])('%s: %s', (path, text, title) => expect(titles(path, text)).toContain(title));

  it.each([
    ['a.ts', 'await session.save();'],
    ['a.ts', "const text = 'there are any number of them';"],
    ['a.ts', 'const rows = await db.query(`SELECT 1 FROM users WHERE id = $1`, [id]);'],
    ['notes.md', 'TODO: write this'],
    ['a.ts', 'if (a === b) return;'],
  ])('sees nothing in %s: %s', (path, text) => expect(titles(path, text)).toEqual([]));
});

describe('excuseFor', () => {
  it.each([
    ['a.ts', '// never use eval(text) here', 'it stands in a comment'],
    ['a.ts', "const told = 'eval(x) is not allowed';", 'it stands in a string or a pattern'],
    ['a.ts', 'const mark = /\\.innerHTML =|x/;', 'it stands in a string or a pattern'],
    ['a.test.ts', `db.query('DELETE FROM users WHERE id = ' + id);`, 'it stands in a test'],
    ['a.ts', 'eval(text);', null],
  ])('%s: %s', (path, text, excuse) => {
    const [first = null] = excuses(path, text);
    expect(first).toBe(excuse);
  });
});

it('looks with the eyes that are named, else with all', () => {
  expect([...eyesIn('security and tests')]).toEqual(['security', 'tests']);
  expect([...eyesIn('everything')]).toEqual([...eyes]);
});
