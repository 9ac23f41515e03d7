/** Codes of the parser that a text without quotes can bring about, where YAML reads a part of it as its own. */
const codes = new Set([
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
  'BLOCK_IN_FLOW',
  'BAD_SCALAR_START',
  'BAD_INDENT',
  'MISSING_CHAR',
  'NON_STRING_KEY',
]);

/** Those that do not follow from an earlier one. */
const ofTheirOwn = new Set(['BLOCK_AS_IMPLICIT_KEY', 'BAD_SCALAR_START']);

type Problem = { code: string; offset: number };
type Value = { key: string; value: string; offset: number; line: number };

/** A text of several lines may be cut off some lines below its field. */
const maxLinesBack = 20;

/** The fields of a line, each with what follows it on the line. */
const fieldsOf = (line: string, start: number, nth: number): Value[] =>
  [...line.matchAll(/(?<=^|[\s{,[])([A-Za-z_][\w-]*):[ \t]+(?=\S)/g)].map(({ 0: whole, 1: key = '', index }) => {
    const at = index + whole.length;
    return { key, value: line.slice(at), offset: start + at, line: nth };
  });

/** What YAML takes for its own: maps, lists, comments, tags, anchors, aliases, block texts and quotes. */
const isSuspicious = ({ value }: Value): boolean => /[{}[\]#&*!|>'"%@`]|:(?=\s|$)|^[-?]\s/.test(value);

/** A map or list that is written in one line, and no text. */
const isCollection = ({ value }: Value): boolean => /^[[{]/.test(value);

/** The last field before the place. What a comment cut off ends with the field before the comment. */
const fieldBefore = (fields: readonly Value[], offset: number): Value | undefined => {
  const last = fields.findLast((field) => field.offset <= offset);
  const cut = fields.findIndex(({ value }) => !/\s#/.test(value));
  return cut > 0 && last && fields.indexOf(last) >= cut ? fields[cut - 1] : last;
};

/** What has the same code and another cause: a line that is indented wrongly, a bracket or quote that is never closed. */
const isOther = (code: string, { value }: Value): boolean =>
  (code === 'BAD_INDENT' && !/\s#/.test(value)) || (code === 'MISSING_CHAR' && /^["']/.test(value));

/** `{x: 1}.x`: what follows a collection belongs to it. */
const beginningOf = (text: string, offset: number): number => {
  if (!/[}\]]/.test(text[offset - 1] ?? '')) return offset;
  let depth = 0;
  for (let at = offset - 1; at >= Math.max(0, offset - 1000); at--) {
    if (text[at] === '}' || text[at] === ']') depth++;
    else if (text[at] === '{' || text[at] === '[') depth--;
    if (depth === 0) return at;
  }
  return offset;
};

/** The text without quotes that a problem of the parser comes from; null when it comes from something else. */
const sourceOf = (text: string, { code, offset: found }: Problem): Value | null => {
  if (!codes.has(code)) return null;
  const offset = beginningOf(text, found);
  let start = text.lastIndexOf('\n', offset - 1) + 1;
  for (let back = 0; back <= maxLinesBack; back++) {
    const end = text.indexOf('\n', start);
    const fields = fieldsOf(text.slice(start, end < 0 ? undefined : end), start, start);
    const source = fieldBefore(fields, offset);
    if (source) {
      const isText = !isCollection(source) || (code === 'UNEXPECTED_TOKEN' && back === 0);
      return isText && isSuspicious(source) && !isOther(code, source) ? source : null;
    }
    if (start === 0) return null;
    start = text.lastIndexOf('\n', start - 2) + 1;
  }
  return null;
};

export const quoteWords = (key: string): string =>
  `put the value in quotes, or write it on the lines below "${key}: |"`;

/**
 * The faults of texts that need quotes, one for each line; empty when no problem comes from such a text. What the parser
 * says of the rest of the file then follows from them.
 */
export const plainTextFaults = (text: string, problems: readonly Problem[]): { offset: number; message: string }[] => {
  const byLine = new Map<number, Value>();
  for (const problem of problems) {
    if (byLine.size > 0 && !ofTheirOwn.has(problem.code)) continue;
    const source = sourceOf(text, problem);
    if (source && !byLine.has(source.line)) byLine.set(source.line, source);
  }
  return [...byLine.values()].map(({ key, value, offset }) => ({
    offset,
    message: `YAML reads a part of this text as its own (${ownIn(value)}): ${quoteWords(key)}`,
  }));
};

const ownIn = (value: string): string => {
  const found = [
    ...(/:(?=\s|$)/.test(value) ? ['": "'] : []),
    ...(/(?:^|\s)#/.test(value) ? ['" #"'] : []),
    ...[...new Set(value.match(/[{[]/g) ?? [])].map((sign) => `"${sign}"`),
    ...(/^["'`@%!&*|>?-]/.test(value) ? [`"${value.slice(0, 1).replace('"', "'")}" at its beginning`] : []),
  ];
  return found.slice(0, 3).join(', ') || 'a sign of its syntax';
};
