import type { Scalar } from 'yaml';

/** A character of the value, and where in the file its spelling begins. */
type Unit = { character: string; offset: number };

const isBlank = (character: string): boolean => /\s/.test(character);

const escapeLength: Record<string, number> = { x: 4, u: 6, U: 10 };
const blankEscapes = new Set(['n', 't', 'r', 'v', 'f', 'N', '_', 'L', 'P', ' ', '\t']);

/** The spellings of one scalar: where YAML folds lines only blanks change, so the other characters keep their order. */
function* unitsOf(text: string, start: number, end: number, type: Scalar['type']): Generator<Unit> {
  let at = start;
  while (at < end) {
    const character = text[at] ?? '';
    if (type === 'QUOTE_DOUBLE' && character === '\\') {
      const letter = text[at + 1] ?? '';
      if (letter !== '\n' && letter !== '\r') yield { character: blankEscapes.has(letter) ? ' ' : letter, offset: at };
      at += escapeLength[letter] ?? 2;
    } else {
      yield { character, offset: at };
      at += type === 'QUOTE_SINGLE' && character === "'" ? 2 : 1;
    }
  }
}

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
  const units = [...unitsOf(text, start, end, scalar.type)];
  const solid = units.filter(({ character }) => !isBlank(character));
  const before = [...value.slice(0, index)].filter((character) => !isBlank(character)).join('').length;
  const here = solid[before];
  if (here && index < value.length && !isBlank(value[index] ?? '')) return here.offset;
  const last = solid[before - 1];
  if (!last) return here?.offset ?? start;
  const gap = value.slice(0, index).length - value.slice(0, index).trimEnd().length;
  return Math.min(last.offset + 1 + gap, here?.offset ?? end, end);
};
