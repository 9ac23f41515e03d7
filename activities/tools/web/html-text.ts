import { Tokenizer } from 'htmlparser2';

/** The content of these is not text of the page. */
const silent = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'canvas']);
const blocks = new Set(
  'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol option p pre section select summary table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
);
const headings = /^h([1-6])$/;

const markAtStart = (name: string): string => {
  const level = Number(headings.exec(name)?.[1] ?? 0);
  if (level > 0) return `\n\n${'#'.repeat(level)} `;
  if (name === 'li') return '\n- ';
  if (name === 'td' || name === 'th') return ' | ';
  if (name === 'p') return '\n\n';
  return blocks.has(name) ? '\n' : '';
};

const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

const ignore = (): void => undefined;

/**
 * The text of a page for a reader without a screen: each block on its own line, headings and list items marked, and
 * spaces joined except in `pre`. It uses the tokenizer and not the parser, whose stack of open elements takes time in
 * proportion to the square of a hostile page.
 */
export const htmlText = (html: string): string => {
  const parts: string[] = [];
  let pre = 0;
  /** The silent element that is open. */
  let skipped: string | null = null;
  let opened = '';

  const put = (text: string): void => {
    if (text !== '' && skipped === null) parts.push(text);
  };
  const say = (text: string): void => {
    const joined = text.replace(/\s+/g, ' ');
    if (pre > 0) put(text);
    else put(/[\n ]$/.test(parts.at(-1) ?? '\n') ? joined.replace(/^ /, '') : joined);
  };
  const nameAt = (start: number, end: number): string => html.slice(start, end).toLowerCase();

  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => say(html.slice(start, end)),
      ontextentity: (codepoint) => put(codepoint === 0xa0 ? ' ' : String.fromCodePoint(codepoint)),
      onopentagname: (start, end) => {
        opened = nameAt(start, end);
        if (skipped !== null) return;
        put(markAtStart(opened));
        if (opened === 'pre') pre += 1;
      },
      onopentagend: () => {
        if (silent.has(opened)) skipped ??= opened;
      },
      onselfclosingtag: ignore,
      onclosetag: (start, end) => {
        const name = nameAt(start, end);
        if (skipped === name) skipped = null;
        else if (skipped === null && blocks.has(name)) put('\n');
        if (name === 'pre' && skipped === null) pre = Math.max(0, pre - 1);
      },
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return tidy(parts.join(''));
};
