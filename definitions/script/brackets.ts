import { tokenizer } from 'acorn';

export type Opened = { bracket: string; offset: number };

const closes: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/**
 * The bracket that was left open where the text cannot be read on: of the innermost one before `end`, when what is found
 * there closes another one or begins a line, or the text ends. Null where the fault is another one.
 */
export const leftOpen = (source: string, end: number): Opened | null => {
  const open: Opened[] = [];
  let last = 0;
  try {
    for (const { start, end: until } of tokenizer(source, { ecmaVersion: 2025, sourceType: 'module' })) {
      if (start >= end) break;
      const text = source.slice(start, until);
      // What a template holds begins with two characters.
      if (text === '${') open.push({ bracket: '{', offset: start });
      else if (text === '(' || text === '[' || text === '{') open.push({ bracket: text, offset: start });
      else if (text in closes && open.at(-1)?.bracket === closes[text]) open.pop();
      last = until;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const innermost = open.at(-1);
  if (!innermost) return null;
  const isAtEnd = source.slice(end).trim() === '';
  const beginsLine = source.slice(last, end).includes('\n');
  const found = source[end] ?? '';
  const isOther = found in closes && closes[found] !== innermost.bracket;
  return isAtEnd || isOther || (beginsLine && innermost.bracket !== '{') ? innermost : null;
};
