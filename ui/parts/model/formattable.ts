/** What opens a block within a block, at the start of a line. */
const openers = /^(?:[ \t>*+-]|\d{1,9}[.)])*/;
const ruler = /^ {0,3}[-=*_]+\s*$/;
const fence = /^ {0,3}(?:`{3,}|~{3,})/;
const mostOpeners = 200;
const mostDelimiters = 1000;
const longestWord = 2000;

const delimiters = /[*_~]/g;
const words = /[^\s]+/g;

/** A row of a table, or what looks like one. */
const row = /^\s*\|/;
const mostRows = 1000;
const longestLine = 20_000;
const longestCodeLine = 100_000;
const mostLines = 20_000;

/**
 * Why the text is not formatted as Markdown; null when formatting takes a time that nobody notices. The parser descends
 * once for each level of nesting, and takes the square of the emphasis marks of a paragraph and of the length of a
 * word; long lines and tables cost their layout.
 */
export const whyPlain = (text: string): string | null => {
  let isCode = false;
  let marks = 0;
  let rows = 0;
  let lines = 0;
  for (const line of text.split('\n')) {
    lines += 1;
    if (lines > mostLines) return `more than ${mostLines.toLocaleString('en')} lines`;
    if (line.length > (isCode ? longestCodeLine : longestLine))
      return `a line of ${line.length.toLocaleString('en')} characters`;
    if (fence.test(line)) isCode = !isCode;
    else if (line.trim() === '') marks = 0;
    if (isCode || ruler.test(line)) continue;
    if (row.test(line)) rows += 1;
    if (rows > mostRows) return `more than ${mostRows.toLocaleString('en')} table rows`;
    if ((openers.exec(line)?.[0].length ?? 0) > mostOpeners) return 'nesting that is too deep';
    marks += line.match(delimiters)?.length ?? 0;
    if (marks > mostDelimiters) return 'too many emphasis marks in one paragraph';
    if (line.length > longestWord && line.match(words)?.some(({ length }) => length > longestWord))
      return 'a very long word';
  }
  return null;
};
