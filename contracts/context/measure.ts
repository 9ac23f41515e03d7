/** Bytes of UTF-8 in a token, as a first guess: reported usage corrects it. It holds within a third for most scripts. */
const bytesOfToken = 4;

const bytesOf = (text: string): number => {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Each half of a surrogate pair is two of the four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
};

/** The length of a text in tokens, before it is corrected. */
export const unitsOf = (text: string): number => bytesOf(text) / bytesOfToken;

/** What a request was measured as, and what the provider counted. */
export type Counted = { units: number; tokens: number };

/**
 * Tokens for one unit, by what the provider counted last. Without that, or where it counted next to nothing, as one does
 * that reports only what no cache served, the guess is kept.
 */
export const rateOf = (counted: Counted | null): number => {
  if (!counted || counted.units <= 0 || counted.tokens <= 0) return 1;
  const rate = counted.tokens / counted.units;
  return rate > 0.1 && rate < 10 ? rate : 1;
};
