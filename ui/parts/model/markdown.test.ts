import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groups } from './groups.ts';
import { highlight } from './highlight.ts';
import { grammarFor, languageOfPath } from './languages.ts';
import { format } from './markdown.ts';
import { marksWithin } from './marks.ts';
import { emptyContext, type FormatReply, type TextBlock } from './text-blocks.ts';

const whole = async (text: string): Promise<TextBlock[]> =>
  (await format({ kind: 'format', text, isGrowing: false, context: emptyContext, colours: true })).blocks;
const htmlOf = async (text: string): Promise<string> =>
  (await whole(text)).map((block) => (block.kind === 'html' ? block.html : `[${block.kind}]`)).join('');

/** What a viewer shows that was given the text piece by piece, and then that it is whole. */
const streamed = async (pieces: readonly string[]): Promise<{ blocks: TextBlock[]; longest: number }> => {
  let text = '';
  let kept: TextBlock[] = [];
  let settled = { length: 0, context: emptyContext };
  let longest = 0;
  let reply: FormatReply | undefined;
  for (const piece of pieces) {
    text += piece;
    const tail = text.slice(settled.length);
    longest = Math.max(longest, tail.length);
    reply = await format({ kind: 'format', text: tail, isGrowing: true, context: settled.context, colours: false });
    kept = [...kept, ...reply.blocks.slice(0, reply.settledBlocks)];
    settled = { length: settled.length + reply.settledLength, context: reply.context };
  }
  return { blocks: [...kept, ...(reply?.blocks.slice(reply.settledBlocks) ?? [])], longest };
};

const report = `# Title

Some **bold** words and $x^2$.

- one
- two

  more of two

| a | b |
| - | :-: |
| 1 | 2 |

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`

> quoted

Setext
======

1. first
2. second

Last words.`;

describe('a text that grows', () => {
  const shape = (blocks: readonly TextBlock[]) =>
    blocks.map((block) => (block.kind === 'html' ? block.html : { ...block, marks: null }));

  test('shows at its end what the whole text shows, wherever it was cut', async () => {
    const expected = shape(await whole(report));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: report.length }), { maxLength: 25 }), async (cuts) => {
        const ends = [...new Set([...cuts, report.length])].toSorted((a, b) => a - b);
        const pieces = ends.map((end, at) => report.slice(ends[at - 1] ?? 0, end));
        expect(shape((await streamed(pieces)).blocks)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('is parsed from its last blocks on', async () => {
    const paragraphs = Array.from({ length: 200 }, (_, at) => `Paragraph ${at} of some words.\n\n`);
    const { blocks, longest } = await streamed(paragraphs);
    expect(blocks).toHaveLength(200);
    expect(longest).toBeLessThan(200);
  });

  test('does not show a fence that is being written as code', async () => {
    const { blocks } = await streamed(['```js\nlet a;\n``']);
    expect(blocks).toMatchObject([{ kind: 'code', language: 'js', text: 'let a;' }]);
  });
});

describe('footnotes', () => {
  test('are numbered as they are referred to, and shown below', async () => {
    const html = await htmlOf('First[^b], second[^a], again[^b], none[^c].\n\n[^a]: Note *a*\n[^b]: Note b\n');
    expect(html).toContain(
      'First<sup data-note="1">1</sup>, second<sup data-note="2">2</sup>, again<sup data-note="1">',
    );
    expect(html).toContain('none[^c]');
    expect(html).toMatch(
      /<ol class="notes"><li data-note="1">Note b<\/li><li data-note="2">Note <em>a<\/em><\/li><\/ol>$/,
    );
  });

  test('that nothing refers to are shown all the same', async () => {
    expect(await htmlOf('Text.\n\n[^a]: Alone')).toContain('<li data-note="1">Alone</li>');
  });

  test('whose names are those of properties are footnotes like others', async () => {
    expect(await htmlOf('a[^__proto__] b[^constructor]\n\n[^__proto__]: x')).toContain(
      'a<sup data-note="1">1</sup> b[^constructor]',
    );
  });
});

describe('formulas', () => {
  const formulasOf = async (text: string) =>
    (await whole(text)).flatMap((block) => (block.kind === 'html' ? block.parts : []));

  test.each([
    ['inline', 'a $x^2$ b'],
    ['inline with brackets', 'a \\(x^2\\) b'],
    ['a block', '$$\nx^2\n$$'],
    ['a block with brackets', '\\[ x^2 \\]'],
  ])('%s', async (_name, text) => {
    expect(await formulasOf(text)).toMatchObject([{ kind: 'math', html: expect.stringContaining('katex') }]);
  });

  test.each(['It costs $5 and $10.', 'from $a to b', '$$ never closed', 'a \\( never closed', 'US$5 or CA$6'])(
    '%s holds none',
    async (text) => {
      expect(await formulasOf(text)).toEqual([]);
    },
  );

  test.each([
    ['a link', '\\href{javascript:alert(1)}{x}'],
    ['an image', '\\includegraphics{https://tracker.example/p.png}'],
    ['a style', '\\htmlStyle{background:url(https://tracker.example)}{x}'],
    ['an attribute', '\\htmlData{onclick=alert(1)}{x}'],
    ['macros without an end', '\\def\\a{\\a\\a}\\a'],
    ['more than 2,000 characters', 'x '.repeat(1001)],
    ['nonsense', '\\frac{'],
  ])('with %s are shown as their source or without it', async (_name, tex) => {
    const [part] = await formulasOf(`$$\n${tex}\n$$`);
    expect(part).toMatchObject({ kind: 'math' });
    const html = part?.kind === 'math' ? (part.html ?? '') : '';
    expect(html).not.toMatch(/<(?:a|img)\b|\s(?:href|src|on\w+)=|url\(/);
  });
});

describe('code', () => {
  test('has the colours of its language, within and across lines', async () => {
    const text = 'const a = "x"; // why\n/* two\nlines */';
    const marks = await highlight(text, 'ts');
    const coloured = [...marksWithin(marks, 0, text.length)].map(([from, to, group]) => [
      text.slice(from, to),
      groups[group],
    ]);
    expect(coloured).toEqual([
      ['const', 'keyword'],
      ['"x"', 'string'],
      ['// why', 'comment'],
      ['/* two\nlines */', 'comment'],
    ]);
    const second = [...marksWithin(marks, text.indexOf('/*'), text.indexOf('lines'))];
    expect(second.map(([from, to]) => text.slice(from, to))).toEqual(['/* two\n']);
  });

  test('within lists has them as well', async () => {
    expect(await whole('- a\n\n  ```py\n  def f(): pass\n  ```\n')).toMatchObject([
      { kind: 'html', parts: [{ kind: 'code', language: 'py', marks: expect.any(Uint32Array) }] },
    ]);
  });

  test('of unknown or very long lines has none', async () => {
    expect(await highlight('x', 'klingon')).toBeNull();
    expect(await highlight('x'.repeat(6000), 'js')).toBeNull();
    expect([grammarFor('constructor'), languageOfPath('a/b/plan.tsx'), languageOfPath('Dockerfile')]).toEqual([
      undefined,
      'typescript',
      'dockerfile',
    ]);
  });
});

describe('what would load or run', () => {
  test('images are links with the reason', async () => {
    expect(await htmlOf('![a chart](https://tracker.example/p.png)')).toBe(
      '<p><a href="https://tracker.example/p.png">a chart</a> <em class="unloaded">(image on tracker.example, not loaded)</em></p>\n',
    );
    expect(await htmlOf('[![a](https://x.example/i.png)](https://y.example/)')).toBe(
      '<p><a href="https://y.example/">a</a></p>\n',
    );
    expect(await htmlOf('![pixel](data:image/png;base64,AAAA)')).toBe('<p>pixel</p>\n');
  });

  test('HTML and addresses that do not lead outside are text', async () => {
    expect(await htmlOf('<script>x</script>')).toBe('<p>&#60;script&#62;x&#60;/script&#62;</p>');
    expect(await htmlOf('[a](javascript:alert(1)) [b](/s/1) [c](data:text/html,x)')).toBe('<p>a b c</p>\n');
  });
});

describe('large texts', () => {
  test.each([
    ['50,000 >', '>'.repeat(50_000)],
    ['5,000 nested lists', `${'- '.repeat(5000)}x`],
    ['a line of 1 MB', 'x '.repeat(524_288)],
    ['a table of 100,000 rows', `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(100_000)}`],
  ])('%s are shown as they are, with the reason', async (_name, text) => {
    expect(await whole(text)).toEqual([{ kind: 'plain', text, reason: expect.any(String) }]);
  });

  test('long lists are several blocks that go on counting, long tables several bodies', async () => {
    const list = await whole(Array.from({ length: 100 }, (_, at) => `${at + 3}. item`).join('\n'));
    expect(list.map((block) => (block.kind === 'html' ? /^<ol[^>]*>/.exec(block.html)?.[0] : ''))).toEqual([
      '<ol start="3">',
      '<ol start="43">',
      '<ol start="83">',
    ]);
    expect(await whole(`|a|\n|-|\n${'|x|\n'.repeat(120)}`)).toMatchObject([
      { kind: 'table', rows: 120, bodies: { length: 3 } },
    ]);
  });

  test.each([
    ['unclosed fences', '```js\nlet a;\n'.repeat(2000)],
    ['unclosed formulas', '$$ x \\( y \n'.repeat(2000)],
    [
      'footnotes that refer to each other',
      Array.from({ length: 500 }, (_, at) => `[^${at}]: see[^${at + 1}]`).join('\n'),
    ],
    ['brackets', '['.repeat(1999)],
    ['stars', '**a '.repeat(200)],
  ])('%s take a time that is bounded', async (_name, text) => {
    expect(await whole(text)).not.toEqual([]);
  });
});
