import { compilePattern, type Pattern } from '../../contracts/pattern.ts';

const mostRepeats = 40;

/** One character, or group of alternatives, that a part of a simple pattern allows; and what stands after it. */
type Atom = { make: (extra: number) => string | null; rest: string };

const classMember = (body: string): string | null => {
  const isMember = compilePattern(`[${body}]`).test;
  if (body.startsWith('^')) return ['a', '0', '-', '_', ' '].find((each) => isMember(each)) ?? null;
  return ['a', 'A', '0', ...body].find((each) => each !== '\\' && isMember(each)) ?? null;
};

const groupEnd = (text: string): number => {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '(') depth += 1;
    else if (text[index] === ')' && --depth === 0) return index;
  }
  return -1;
};

const escapes: Record<string, string> = { d: '0', w: 'a', s: ' ', S: 'a', D: 'a', W: '-', b: '', n: '\n', t: '\t' };

const atomOf = (text: string): Atom | null => {
  const [first = ''] = text;
  if (first === '\\') {
    const letter = text[1] ?? '';
    if (/[pPkux1-9]/.test(letter)) return null;
    return { make: () => escapes[letter] ?? letter, rest: text.slice(2) };
  }
  if (first === '[') {
    const body = /^\[((?:\\.|[^\]\\])*)\]/.exec(text);
    return body ? { make: () => classMember(body[1] ?? ''), rest: text.slice(body[0].length) } : null;
  }
  if (first === '(') {
    const end = groupEnd(text);
    const inner = text.slice(1, end).replace(/^\?(:|<\w+>)/, '');
    if (end < 0 || inner.startsWith('?')) return null;
    return { make: (extra) => generate(inner, extra), rest: text.slice(end + 1) };
  }
  if (first === '^' || first === '$') return { make: () => '', rest: text.slice(1) };
  return { make: () => (first === '.' ? 'a' : first), rest: text.slice(1) };
};

const firstAlternative = (text: string): string => {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '[') index = Math.max(index, text.indexOf(']', index + 2));
    else if (text[index] === '(') depth += 1;
    else if (text[index] === ')') depth -= 1;
    else if (text[index] === '|' && depth === 0) return text.slice(0, index);
  }
  return text;
};

/** A text of the pattern, with `extra` repetitions more wherever their number is open. */
const generate = (pattern: string, extra: number): string | null => {
  let rest = firstAlternative(pattern);
  let text = '';
  while (rest !== '') {
    const atom = atomOf(rest);
    if (!atom) return null;
    const [all = '', sign, least, comma, most] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(atom.rest) ?? [];
    rest = atom.rest.slice(all.length);
    const minimum = sign ? (sign === '+' ? 1 : 0) : Number(least ?? 1);
    const maximum = sign ? (sign === '?' ? 1 : Infinity) : most ? Number(most) : comma ? Infinity : minimum;
    const count = Math.min(maximum, minimum + extra, Math.max(minimum, mostRepeats));
    for (let done = 0; done < count; done += 1) {
      const made = atom.make(extra);
      if (made === null) return null;
      text += made;
    }
  }
  return text;
};

const slugs = (value: string): string[] => {
  const words =
    value
      .toLowerCase()
      .match(/[a-z\d]+/g)
      ?.slice(0, 4) ?? [];
  return ['-', '_', ''].flatMap((mark) => [words.join(mark), words.join(mark).toUpperCase()]);
};

/**
 * A text that matches and fits: the value itself, a word of it, a slug of it; else one made from the pattern. Null when
 * the pattern is not of the simple kind (look-around, back references, Unicode classes).
 */
export const matching = (pattern: string, value: string, fits: (text: string) => boolean): string | null => {
  let expression: Pattern;
  try {
    expression = compilePattern(pattern);
  } catch {
    return null;
  }
  const words = value.split(/[\s“”"'`,;()]+/).slice(0, 200);
  const made = Array.from({ length: mostRepeats }, (_, extra) => extra);
  const isGood = (text: string | null): text is string => text !== null && fits(text) && expression.test(text);
  return (
    [value, ...words, ...slugs(value)].find(isGood) ??
    made.map((extra) => generate(pattern, extra)).find(isGood) ??
    null
  );
};
