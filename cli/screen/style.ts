import pc from 'picocolors';
import { visible } from '../../contracts/visible.ts';

/** Colour only for a terminal, and only where NO_COLOR and TERM allow it. */
export const styleOf = (stream: { isTTY?: boolean }) =>
  pc.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
export type Style = ReturnType<typeof styleOf>;

/**
 * What a model, a tool or a file says, as a user may see it in a terminal: nothing that moves the cursor, recolours,
 * reorders or hides. Line ends of other systems become ours.
 */
export const harmless = (text: string): string => visible(text.replaceAll(/\r\n?/g, '\n'));

/** One line of at most `width` characters. */
export const oneLine = (text: string, width: number): string => {
  const line = harmless(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
};
