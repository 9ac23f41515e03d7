/** What opens a block within a block, at the start of a line. */
const openers = /^(?:[ \t>*+-]|\d{1,9}[.)])*/;
const ruler = /^ {0,3}[-=*_]+\s*$/;
const fence = /^ {0,3}(?:`{3,}|~{3,})/;
const maxOpeners = 200;
const maxDelimiters = 1000;
const maxWordLength = 2000;

const delimiters = /[*_~]/g;
const words = /[^\s]+/g;

/** A row of a table, or what looks like one. */
const row = /^\s*\|/;
/** Lines that begin a text of their own: rows and items. */
const ownText = /^\s*(?:\||[-*+] |\d{1,9}[.)] )/;
const maxRows = 5000;
const maxLineLength = 20_000;
const maxCodeLineLength = 100_000;
const maxLines = 20_000;
const maxCharacters = 200_000;

const count = (value: number): string => value.toLocaleString('en');

/** Why a text as a whole is not formatted; null when its parts may be. */
export const whyPlain = (text: string): string | null => {
  if (text.length > maxCharacters) return `more than ${count(maxCharacters)} characters`;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines > maxLines ? `more than ${count(maxLines)} lines` : null;
};

const whyPlainLine = (line: string, isCode: boolean): string | null => {
  if (line.length > (isCode ? maxCodeLineLength : maxLineLength)) return `a line of ${count(line.length)} characters`;
  if (isCode || ruler.test(line)) return null;
  if ((openers.exec(line)?.[0].length ?? 0) > maxOpeners) return 'nesting that is too deep';
  if (line.length > maxWordLength && line.match(words)?.some(({ length }) => length > maxWordLength))
    return 'a very long word';
  return null;
};

/** A part of a text, and why it is not formatted; null when formatting takes a time that nobody notices. */
export type Region = { text: string; reason: string | null };

/**
 * The text in parts, cut at blank lines. The parser descends once for each level of nesting, and takes the square of
 * the emphasis marks of a paragraph and of the length of a word; long lines and tables cost their layout. A part that
 * would take too long does not take the rest with it.
 */
export const regionsOf = (text: string): Region[] => {
  const regions: Region[] = [];
  let isCode = false;
  let marks = 0;
  let rows = 0;
  let reason: string | null = null;
  let from = 0;
  const close = (to: number): void => {
    const last = regions.at(-1);
    const part = text.slice(from, to);
    if (part !== '' && last && last.reason === reason) last.text += part;
    else if (part !== '') regions.push({ text: part, reason });
    from = to;
    reason = null;
    marks = 0;
    rows = 0;
  };
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found + 1;
    const line = text.slice(at, found === -1 ? end : found);
    at = end;
    if (fence.test(line)) isCode = !isCode;
    reason ??= whyPlainLine(line, isCode);
    if (isCode) continue;
    if (line.trim() === '') {
      close(end);
      continue;
    }
    if (row.test(line)) rows += 1;
    if (ownText.test(line)) marks = 0;
    if (rows > maxRows) reason ??= `more than ${count(maxRows)} table rows`;
    if (!ruler.test(line)) marks += line.match(delimiters)?.length ?? 0;
    if (marks > maxDelimiters) reason ??= 'too many emphasis marks in one paragraph';
  }
  close(text.length);
  return regions;
};
