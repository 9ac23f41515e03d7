/** Both from 1. */
export type Position = { line: number; column: number };

export const positionAt = (source: string, offset: number): Position => {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};
