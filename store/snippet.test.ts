import { expect, test } from 'vitest';
import { snippetOf } from './snippet.ts';

const marked = (text: string, query: string): string =>
  snippetOf(text, query)
    .map((piece) => (piece.isMatch ? `[${piece.text}]` : piece.text))
    .join('');

test.each([
  [
    'The zeppelin, zeppelins and zeppelinesque things',
    `'zeppelin'`,
    'The [zeppelin], [zeppelins] and [zeppelinesque] things',
  ],
  ['every lazy dog is lazier', `'everi' & 'lazi'`, '[every] [lazy] dog is [lazier]'],
  ['see src/store/search.ts', `'search' <-> 'ts':* | 'search.ts':*`, 'see src/store/[search].[ts]'],
  ['research is no search', `'search'`, 'research is no [search]'],
  ['port 80 and 8080', `'80'`, 'port [80] and 8080'],
  ['Straße in Köln', `'köln'`, 'Straße in [Köln]'],
  ['病院は機能していない', `'病' <-> '院'`, '[病][院]は機能していない'],
  [`it's there`, `'it''s'`, `it's there`],
  ['nothing of it', `'absent'`, 'nothing of it'],
  ['', `'absent'`, ''],
  ['İstanbul and Ankara', `'ankara'`, 'İstanbul and [Ankara]'],
])('%s: %s', (text, query, expected) => {
  expect(marked(text, query)).toBe(expected);
});

test('shows two places at most, first where more of the words are, and cuts no word', () => {
  const filler = 'filler '.repeat(100);
  const text = `${filler}one ${filler}one two ${filler}two ${filler}`;
  const found = marked(text, `'one' & 'two'`);
  expect(found.match(/\[\w+\]/g)).toEqual(['[one]', '[one]', '[two]']);
  expect(found.split(' … ').every((part) => /^(?:filler |\[)/.test(part) && part.length < 180)).toBe(true);
});

// Quadratic time would exceed the test's limit.
test.each(['a', 'a ', '😀'])('a long text of one letter is read once: %s', (letter) => {
  expect(snippetOf(letter.repeat(500_000), `'a'`)).not.toEqual([]);
});
