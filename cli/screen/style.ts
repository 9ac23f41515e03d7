import pc from 'picocolors';

/** Colour only for a terminal, and only where NO_COLOR and TERM allow it. */
export const styleOf = (stream: { isTTY?: boolean }) =>
  pc.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
export type Style = ReturnType<typeof styleOf>;

const harmful = /[[\p{Cc}\p{Bidi_Control}]--[\n\t]]/gv;
const named = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** What a model or a tool wrote, as a terminal may have it: nothing that moves the cursor, recolours or reorders. */
export const harmless = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(harmful, named);

/** One line of at most `width` characters. */
export const oneLine = (text: string, width: number): string => {
  const line = harmless(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
};
