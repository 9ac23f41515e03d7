/** What opens a block within a block, at the start of a line. */
const openers = /^(?:[ \t>*+-]|\d{1,9}[.)])*/;
const ruler = /^ {0,3}[-=*_]+\s*$/;
const fence = /^ {0,3}(?:`{3,}|~{3,})/;
const mostOpeners = 200;
const mostDelimiters = 1000;
const longestWord = 2000;

const delimiters = /[*_~]/g;
const words = /[^\s]+/g;

/**
 * Whether formatting the text as Markdown takes a time that nobody notices. The parser descends once for each level of
 * nesting, and takes the square of the emphasis marks of a paragraph and of the length of a word.
 */
export const isFormattable = (text: string): boolean => {
  let isCode = false;
  let marks = 0;
  for (const line of text.split('\n')) {
    if (fence.test(line)) isCode = !isCode;
    else if (line.trim() === '') marks = 0;
    if (isCode || ruler.test(line)) continue;
    if ((openers.exec(line)?.[0].length ?? 0) > mostOpeners) return false;
    marks += line.match(delimiters)?.length ?? 0;
    if (marks > mostDelimiters) return false;
    if (line.length > longestWord && line.match(words)?.some(({ length }) => length > longestWord)) return false;
  }
  return true;
};
