import type { Scalar } from 'yaml';

/** A character of the value, and where in the file its spelling begins. */
type Unit = { character: string; offset: number };

const isBlank = (character: string): boolean => /\s/.test(character);

const hexDigits: Record<string, number> = { x: 2, u: 4, U: 8 };
const blankEscapes = new Set(['n', 't', 'r', 'v', 'f', 'N', '_', 'L', 'P', ' ', '\t']);

/** The spellings of one scalar: where YAML folds lines only blanks change, so the other characters keep their order. */
function* unitsOf(text: string, start: number, end: number, type: Scalar['type']): Generator<Unit> {
  let at = start;
  while (at < end) {
    const character = text[at] ?? '';
    if (type === 'QUOTE_DOUBLE' && character === '\\') {
      const { value, length } = escapeAt(text, at);
      for (const unit of value.split('')) yield { character: unit, offset: at };
      at += length;
    } else {
      yield { character, offset: at };
      at += type === 'QUOTE_SINGLE' && character === "'" ? 2 : 1;
    }
  }
}

const escapeAt = (text: string, at: number): { value: string; length: number } => {
  const letter = text[at + 1] ?? '';
  const digits = hexDigits[letter] ?? 0;
  if (digits > 0) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
    return { value: String.fromCodePoint(code), length: 2 + digits };
  }
  // An escaped end of line has no value.
  if (letter === '\n' || letter === '\r') return { value: '', length: 2 };
  return { value: blankEscapes.has(letter) ? ' ' : letter, length: 2 };
};

/** Where the text of the scalar begins and ends: without quotes, without the header line of a block. */
const insideOf = (text: string, { type, range }: Scalar): [number, number] => {
  const [start, end] = range ?? [0, 0];
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return [start + 1, end - 1];
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return [text.indexOf('\n', start) + 1, end];
  return [start, end];
};

/** The offset in the file of the character at `index` of the scalar's value. */
export const scalarOffset = (text: string, scalar: Scalar, value: string, index: number): number => {
  const [start, end] = insideOf(text, scalar);
  const solid = [...unitsOf(text, start, end, scalar.type)].filter(({ character }) => !isBlank(character));
  const before = value.slice(0, index);
  const count = before.replaceAll(/\s/g, '').length;
  const here = solid[count];
  if (here && !isBlank(value[index] ?? ' ')) return here.offset;
  // At a blank, or at the end: as far behind the last character as in the value.
  const last = solid[count - 1];
  const gap = before.length - before.trimEnd().length;
  return last ? Math.min(last.offset + 1 + gap, here?.offset ?? end, end) : start;
};
