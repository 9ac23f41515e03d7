import { type CompiledScript, linesBefore } from '../../../contracts/script.ts';

export type Position = { line: number; column: number };

/** The user's own lines in a stack of the engine: `at name (file:line:column)`, the innermost first. */
export const positionsIn = (stack: string, file: string): Position[] =>
  stack.split('\n').flatMap((text) => {
    const at = text.lastIndexOf(`${file}:`);
    if (at < 0) return [];
    const [, line, column] = /^(\d+)(?::(\d+))?/.exec(text.slice(at + file.length + 1)) ?? [];
    const own = Number(line) - linesBefore;
    return own >= 1 ? [{ line: own, column: Number(column ?? 1) }] : [];
  });

/** `file:line:column` of where it happened in the script; the file alone where no line of it is known. */
export const placeIn = (stack: string, { file }: Pick<CompiledScript, 'file'>): string => {
  const [position] = positionsIn(stack, file);
  return position ? `${file}:${position.line}:${position.column}` : file;
};
