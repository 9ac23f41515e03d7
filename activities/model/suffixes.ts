/** Characters from which a piece that equals the whole reply so far is taken for a repetition. */
const longRepeat = 64;
const shortRepeat = 8;

/**
 * What a piece of text adds. Some providers send with each piece everything that they have said so far, or everything
 * once more in the end. A second piece that begins with the first is held back until the third shows which it is.
 */
export const createSuffixes = () => {
  let whole = '';
  let held: string | null = null;
  let count = 0;
  let isCumulative = false;

  const grow = (text: string): string => {
    whole += text;
    return text;
  };

  const growTo = (text: string): string => {
    const added = text.slice(whole.length);
    whole = text;
    return added;
  };

  const continues = (piece: string, before: string): boolean =>
    piece.length > before.length && piece.startsWith(before);

  const add = (piece: string): string => {
    if (piece === '') return '';
    count += 1;
    if (isCumulative) {
      if (piece.startsWith(whole)) return growTo(piece);
      if (whole.startsWith(piece)) return '';
      isCumulative = false;
      return grow(piece);
    }
    if (held !== null) {
      const second = held;
      held = null;
      isCumulative = continues(piece, second) && piece.length >= shortRepeat;
      return isCumulative ? growTo(piece) : grow(second + piece);
    }
    if (count === 2 && continues(piece, whole)) {
      held = piece;
      return '';
    }
    if (piece === whole && whole.length >= longRepeat) return '';
    return grow(piece);
  };

  /** What was held back. */
  const end = (): string => {
    const piece = held;
    held = null;
    if (piece === null) return '';
    return whole.length >= shortRepeat ? growTo(piece) : grow(piece);
  };

  return { add, end };
};
