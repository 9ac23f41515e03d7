import type { CompiledScript } from '../../../contracts/script.ts';
import { linesBefore } from '../../../contracts/script-limits.ts';

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

type Named = Pick<CompiledScript, 'file'>;

/** `file:line:column` of where it happened in one of the scripts; null where no line of them is known. */
export const knownPlaceIn = (stack: string, scripts: readonly Named[]): string | null => {
  for (const line of stack.split('\n')) {
    for (const { file } of scripts) {
      const [position] = positionsIn(line, file);
      if (position) return `${file}:${position.line}:${position.column}`;
    }
  }
  return null;
};

/** The file of the first script alone where no line is known. */
export const placeIn = (stack: string, scripts: readonly Named[]): string =>
  knownPlaceIn(stack, scripts) ?? scripts[0]?.file ?? '';
