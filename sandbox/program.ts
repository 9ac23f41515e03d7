import type { Kind } from './evaluation.ts';
import { type Part, type Piece, parseCode, parseExpression, parseTemplate } from './parse.ts';
import { type Position, positionAt } from './position.ts';

/** A source made ready: functions for the engine, and where each is in the source. */
export type Program = {
  /** Of a template, the text before each hole and after the last. */
  texts: string[];
  functions: { text: string; code: string; start: Position }[];
};

export const programOf = (kind: Kind, source: string): Program => {
  const parts: Part[] =
    kind === 'template'
      ? parseTemplate(source)
      : [{ hole: kind === 'code' ? parseCode(source) : parseExpression(source) }];
  return {
    texts: parts.flatMap((part) => ('text' in part ? [part.text] : [])),
    functions: parts.flatMap((part) => ('hole' in part ? [functionOf(kind, source, part.hole)] : [])),
  };
};

/** The user's first line is the second of the function, so that columns stay as they are. */
const functionOf = (kind: Kind, source: string, { code, offset }: Piece): Program['functions'][number] => ({
  text: kind === 'code' ? `(function(){"use strict";\n${code}\n})` : `(function(){"use strict";return (\n${code}\n)})`,
  code: code.trim(),
  start: positionAt(source, offset),
});

/** The engine names a function by its number, see {@link fileOf}. Null when no frame is the user's. */
export const positionIn = (program: Program, stack: string): Position | null => {
  const frame = /(?:\(|at )user(\d+):(\d+):(\d+)/.exec(stack);
  const start = program.functions[Number(frame?.[1])]?.start;
  if (!frame || !start) return null;
  const line = Number(frame[2]) - 1;
  const column = Number(frame[3]);
  return { line: start.line + line - 1, column: line === 1 ? start.column + column - 1 : column };
};

export const fileOf = (index: number): string => `user${index}`;
