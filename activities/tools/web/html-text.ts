import { decodeEntities } from './entities.ts';

/** What these hold is no text of the page. */
const silent = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'canvas']);
const blocks = new Set(
  'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol option p pre section select summary table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
);
const cells = new Set(['td', 'th']);
const headings = /^h([1-6])$/;

type Tag = { name: string; isEnd: boolean; next: number };

/** The end of a tag that begins at `from`; a `>` within quotes is none. */
const tagEnd = (html: string, from: number): number => {
  let open = '';
  for (let at = from; at < html.length; at += 1) {
    const letter = html[at] ?? '';
    if (open) open = letter === open ? '' : open;
    else if (letter === '>') return at + 1;
    else if (letter === '"' || letter === "'") open = letter;
  }
  return html.length;
};

const after = (html: string, mark: string, from: number): number => {
  const at = html.indexOf(mark, from);
  return at < 0 ? html.length : at + mark.length;
};

/** The tag, comment or declaration at a `<`; null when it is only the sign. */
const tagAt = (html: string, at: number): Tag | null => {
  if (html.startsWith('<!--', at)) return { name: '', isEnd: false, next: after(html, '-->', at + 4) };
  const [, slash, name] = /^<(\/?)([a-z][a-z0-9-]{0,40}|[!?])/i.exec(html.slice(at, at + 44)) ?? [];
  if (name === undefined) return null;
  return { name: name.toLowerCase(), isEnd: slash === '/', next: tagEnd(html, at + 1) };
};

/** After the end tag of an element whose content is not looked at. */
const skipElement = (html: string, { name, next }: Tag): number => {
  // biome-ignore lint/plugin: the name is one of ours
  const end = new RegExp(`</${name}[\\s/>]`, 'gi');
  end.lastIndex = next;
  const found = end.exec(html);
  return found ? tagEnd(html, found.index + 1) : html.length;
};

const markOf = ({ name, isEnd }: Tag): string => {
  if (isEnd) return blocks.has(name) ? '\n' : '';
  const level = Number(headings.exec(name)?.[1] ?? 0);
  if (level > 0) return `\n\n${'#'.repeat(level)} `;
  if (name === 'li') return '\n- ';
  if (cells.has(name)) return ' | ';
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

/**
 * The text of a page for a reader without a screen: blocks on lines of their own, headings and list items marked,
 * spaces joined but in `pre`. Reads each character once, whatever the page holds.
 */
export const htmlText = (html: string): string => {
  const parts: string[] = [];
  let pre = 0;
  let at = 0;
  const say = (text: string): void => {
    const decoded = decodeEntities(pre > 0 ? text : text.replace(/\s+/g, ' '));
    const isLineStart = pre === 0 && /[\n ]$/.test(parts.at(-1) ?? '\n');
    const shown = isLineStart ? decoded.replace(/^ /, '') : decoded;
    if (shown) parts.push(shown);
  };
  while (at < html.length) {
    const sign = html.indexOf('<', at);
    if (sign !== at) {
      say(html.slice(at, sign < 0 ? html.length : sign));
      at = sign < 0 ? html.length : sign;
      continue;
    }
    const tag = tagAt(html, at);
    if (!tag) {
      say('<');
      at += 1;
      continue;
    }
    if (tag.name === 'pre') pre = Math.max(0, pre + (tag.isEnd ? -1 : 1));
    const mark = markOf(tag);
    if (mark) parts.push(mark);
    at = !tag.isEnd && silent.has(tag.name) ? skipElement(html, tag) : tag.next;
  }
  return tidy(parts.join(''));
};
