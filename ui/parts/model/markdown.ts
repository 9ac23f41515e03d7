import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { whyPlain } from './formattable.ts';

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const safeAddress = /^(?:https?:\/\/|mailto:)/i;

/** HTML in the source is shown as text, images become links, addresses that would lead into the console are text. */
const parser = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ href, text }) =>
      safeAddress.test(href)
        ? `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`
        : escapeHtml(text || href),
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      return safeAddress.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

const allowed = {
  ALLOWED_TAGS:
    'p br hr h1 h2 h3 h4 h5 h6 strong em del code pre blockquote ul ol li a table thead tbody tr th td span'.split(' '),
  ALLOWED_ATTR: ['href', 'class', 'align', 'start'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: safeAddress,
  RETURN_DOM_FRAGMENT: true as const,
};

/**
 * While text streams, an open code fence would swallow or flash what follows; it is closed for the time being.
 * Returns the text unchanged when no fence is open.
 */
export const healFences = (text: string): string => {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})([\s\S]*)/.exec(line);
    const [, mark = '', info = ''] = fence ?? [];
    if (!fence) continue;
    if (open === undefined) open = mark.startsWith('`') && info.includes('`') ? undefined : mark;
    else if (mark[0] === open[0] && mark.length >= open.length && info.trim() === '') open = undefined;
  }
  return open === undefined ? text : `${text}${text.endsWith('\n') ? '' : '\n'}${open}`;
};

const toHtml = (text: string): string | null => {
  if (whyPlain(text) !== null) return null;
  try {
    return parser.parse(text, { async: false });
  } catch {
    return null;
  }
};

const asItIs = (text: string): DocumentFragment => {
  const fragment = document.createDocumentFragment();
  const plain = document.createElement('pre');
  plain.textContent = text;
  fragment.append(plain);
  return fragment;
};

/**
 * The whole text to nodes that hold nothing but the tags and attributes above. What cannot be formatted, or would take
 * too long, is shown as it is.
 */
export const renderMarkdown = (text: string): DocumentFragment => {
  const html = toHtml(text);
  if (html === null) return asItIs(text);
  const fragment = DOMPurify.sanitize(html, allowed);
  for (const link of fragment.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
  }
  return fragment;
};
