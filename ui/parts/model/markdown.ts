import { Lexer, Marked, type MarkedOptions, Parser, type Token, type Tokens } from 'marked';
import { escapeHtml } from './escape.ts';
import { footnotes, type Notes } from './footnotes.ts';
import { regionsOf, whyPlain } from './formattable.ts';
import { formulas } from './formulas.ts';
import { highlight } from './highlight.ts';
import { renderMath } from './math.ts';
import type { FormatReply, FormatRequest, Link, Part, TextBlock } from './text-blocks.ts';

const safeAddress = /^(?:https?:\/\/|mailto:)/i;
/** Rows and items that are sanitised and drawn together. */
const bodyRows = 50;
const listItems = 40;
/** Tags in one block: the page draws a block without a pause. */
const maxTags = 1500;
const maxFormulas = 500;
const maxNotes = 200;
/** Blocks at the end that text to come may still change. */
const openBlocks = 2;

type Pending = { kind: 'code'; language: string; text: string } | { kind: 'math'; tex: string; isBlock: boolean };
type Draft = { block: TextBlock; pending: Pending[] };

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : 'another site');

/** Where `keep` collects what the page draws itself. */
const createParser = (notes: Notes, keep: (pending: Pending) => number): MarkedOptions => {
  let isInLink = false;
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      code: ({ text, lang }) => {
        const language = languageOf(lang);
        const part = keep({ kind: 'code', language, text });
        return `<pre data-part="${part}"><code>${escapeHtml(text)}</code></pre>`;
      },
      /** Nothing is loaded from elsewhere: the address can be opened, and the reason is said. */
      image: ({ href, text }) => {
        if (!safeAddress.test(href)) return escapeHtml(text || 'image');
        if (isInLink) return escapeHtml(text || href);
        return `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a> <em class="unloaded">(image on ${escapeHtml(hostOf(href))}, not loaded)</em>`;
      },
      link({ href, tokens }) {
        isInLink = true;
        const inner = this.parser.parseInline(tokens);
        isInLink = false;
        return safeAddress.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
      },
      listitem(item) {
        return `<li${item.task ? ' class="task"' : ''}>${this.parser.parse(item.tokens)}</li>\n`;
      },
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
  marked.use({ extensions: [...footnotes(notes), ...formulas((formula) => keep({ kind: 'math', ...formula }))] });
  return marked.defaults;
};

const languageOf = (info: string | undefined): string => /^[\w+#.-]{1,32}/.exec(info?.trim() ?? '')?.[0] ?? '';

const cells = (options: MarkedOptions, row: readonly Tokens.TableCell[], tag: 'th' | 'td'): string =>
  `<tr>${row
    .map(({ tokens, align }) => {
      const inner = Parser.parseInline(tokens, options);
      return align === null ? `<${tag}>${inner}</${tag}>` : `<${tag} align="${align}">${inner}</${tag}>`;
    })
    .join('')}</tr>`;

const slices = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

const isTable = (token: Token): token is Tokens.Table => token.type === 'table';
const isList = (token: Token): token is Tokens.List => token.type === 'list';
const isCode = (token: Token): token is Tokens.Code => token.type === 'code';

/** A long list as several, one after the other. */
const shortLists = (token: Token): Token[] => {
  if (!isList(token) || token.items.length <= listItems) return [token];
  const first = token.start === '' ? 1 : token.start;
  return slices(token.items, listItems).map((items, at): Tokens.List => {
    const raw = items.map((item) => item.raw).join('');
    return { ...token, raw, items, start: token.ordered ? first + at * listItems : '' };
  });
};

const htmlBlock = (html: string): TextBlock => ({ kind: 'html', html, parts: [] });
const plainBlock = (text: string, reason: string): TextBlock => ({ kind: 'plain', text, reason });

/** What is drawn for a token at the top level. */
const blocksOf = (token: Token, options: MarkedOptions): TextBlock[] => {
  if (token.type === 'space' || token.type === 'def') return [];
  if (isCode(token)) return [{ kind: 'code', language: languageOf(token.lang), text: token.text, marks: null }];
  if (isTable(token)) {
    const head = `<table><thead>${cells(options, token.header, 'th')}</thead></table>`;
    const bodies = slices(token.rows, bodyRows).map(
      (rows) => `<table><tbody>${rows.map((row) => cells(options, row, 'td')).join('')}</tbody></table>`,
    );
    return [{ kind: 'table', head, bodies, rows: token.rows.length, parts: [] }];
  }
  const html = token.type === 'html' ? `<p>${escapeHtml(token.raw.trim())}</p>` : Parser.parse([token], options);
  if (html === '') return [];
  return [html.split('<').length > maxTags ? plainBlock(token.raw, 'a very large block') : htmlBlock(html)];
};

const notesBlock = ({ notes, numbered }: Notes, options: MarkedOptions): TextBlock[] => {
  const items: string[] = [];
  const draw = (): void => {
    // A footnote may refer to another one, which then gets a number.
    for (let at = items.length; at < numbered.length && at < maxNotes; at += 1) {
      const text = notes.get(numbered[at] ?? '') ?? '';
      items.push(`<li data-note="${at + 1}">${Parser.parseInline(Lexer.lexInline(text, options), options)}</li>`);
    }
  };
  draw();
  // Those that nothing refers to are not dropped.
  for (const label of notes.keys()) if (!numbered.includes(label)) numbered.push(label);
  draw();
  const left = numbered.slice(maxNotes).map((label) => `[^${label}]: ${notes.get(label)}`);
  return [
    ...(items.length === 0 ? [] : [htmlBlock(`<ol class="notes">${items.join('')}</ol>`)]),
    ...(left.length === 0 ? [] : [plainBlock(left.join('\n'), `more than ${maxNotes} footnotes`)]),
  ];
};

/** A fence that is being written, as text of the code it will end. */
const halfFence = /\n? {0,3}(?:`+|~+)$/;

const withoutHalfFence = (block: TextBlock): TextBlock =>
  block.kind === 'code' ? { ...block, text: block.text.replace(halfFence, '') } : block;

const resolve = async (
  { block, pending }: Draft,
  colours: boolean,
  budget: { formulas: number },
): Promise<TextBlock> => {
  const colour = (text: string, language: string) => (colours ? highlight(text, language) : null);
  if (block.kind === 'code') return { ...block, marks: await colour(block.text, block.language) };
  if (block.kind === 'plain' || pending.length === 0) return block;
  const parts: Part[] = [];
  for (const part of pending) {
    if (part.kind === 'code') {
      const { language, text } = part;
      parts.push({ kind: 'code', language, marks: await colour(text, language) });
    } else if (budget.formulas > 0) {
      budget.formulas -= 1;
      parts.push(await renderMath(part.tex, part.isBlock));
    } else parts.push({ kind: 'math', html: null, reason: `Not drawn: more than ${maxFormulas} formulas` });
  }
  return { ...block, parts };
};

/** A token, or a part that is not formatted. */
type Item = { token: Token } | { text: string; reason: string };
const isBlank = (item: Item): boolean => 'token' in item && item.token.type === 'space';
const lengthOf = (item: Item): number => ('token' in item ? item.token.raw : item.text).length;

const itemsOf = (text: string, options: MarkedOptions, links: ReadonlyMap<string, Link>): Item[] => {
  const known = Object.assign(Object.create(null), Object.fromEntries(links));
  return regionsOf(text).flatMap((region): Item[] => {
    if (region.reason !== null) return [{ text: region.text, reason: region.reason }];
    const lexer = new Lexer(options);
    lexer.tokens.links = known;
    try {
      return lexer.lex(region.text).map((token) => ({ token }));
    } catch {
      return [{ text: region.text, reason: 'nesting that is too deep' }];
    }
  });
};

/** How many items from the start nothing that follows will change. */
const settledItems = (items: readonly Item[], text: string): number => {
  if (items.reduce((sum, item) => sum + lengthOf(item), 0) !== text.length) return 0;
  let open = 0;
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at];
    if (item && !isBlank(item)) open += 1;
    if (open === openBlocks) return at;
  }
  return 0;
};

/** Markdown to blocks: no script, no style, no address but those that may be opened. */
export const format = async ({ text, isGrowing, context, colours }: FormatRequest): Promise<FormatReply> => {
  const reason = whyPlain(text);
  if (reason !== null) {
    return { blocks: [plainBlock(text, reason)], settledBlocks: 0, settledLength: 0, context };
  }
  let pending: Pending[] = [];
  const notes: Notes = { notes: new Map(context.notes), numbered: [...context.numbered] };
  const options = createParser(notes, (part) => pending.push(part) - 1);
  const items = itemsOf(text, options, context.links);
  const settled = isGrowing ? settledItems(items, text) : 0;
  const drafts: Draft[] = [];
  const draw = (blocks: () => TextBlock[]): void => {
    pending = [];
    for (const block of blocks()) drafts.push({ block, pending });
  };
  let settledBlocks = 0;
  let numbered: string[] = [...context.numbered];
  items.forEach((item, at) => {
    if (at === settled) {
      settledBlocks = drafts.length;
      numbered = [...notes.numbered];
    }
    if ('token' in item) for (const token of shortLists(item.token)) draw(() => safely(token, options));
    else draw(() => [plainBlock(item.text, item.reason)]);
  });
  if (isGrowing) {
    const last = drafts.at(-1);
    if (last && drafts.length > settledBlocks) last.block = withoutHalfFence(last.block);
  }
  draw(() => notesBlock(notes, options));
  const budget = { formulas: maxFormulas };
  const blocks: TextBlock[] = [];
  for (const draft of drafts) blocks.push(await resolve(draft, colours, budget));
  const kept = items.slice(0, settled);
  return {
    blocks,
    settledBlocks,
    settledLength: kept.reduce((sum, item) => sum + lengthOf(item), 0),
    context: { ...known(kept, context), numbered },
  };
};

const safely = (token: Token, options: MarkedOptions): TextBlock[] => {
  try {
    return blocksOf(token, options);
  } catch {
    return [plainBlock(token.raw, 'nesting that is too deep')];
  }
};

/** What settled items define. */
const known = (items: readonly Item[], context: FormatRequest['context']) => {
  const links = new Map(context.links);
  const notes = new Map(context.notes);
  for (const item of items) {
    if (!('token' in item)) continue;
    const { token } = item;
    if (token.type === 'def' && !links.has(token.tag)) links.set(token.tag, { href: token.href, title: token.title });
    if (token.type === 'footnote' && !notes.has(token.label)) notes.set(token.label, token.note);
  }
  return { links, notes };
};
