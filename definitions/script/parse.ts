import { type Options, type Program, parse, parseExpressionAt } from 'acorn';
import { leftOpen } from './brackets.ts';
import { looksTyped } from './typescript.ts';

export type Syntax = { program: Program } | { offset: number; message: string };

const options: Options = {
  ecmaVersion: 2025,
  sourceType: 'module',
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
};

/** As a module with top-level return: both shapes of a script are one. */
export const parseScriptSource = (source: string): Syntax => {
  try {
    return { program: parse(source, options) };
  } catch (error) {
    return tellSyntax(error, source);
  }
};

/** Whether the engine reads compiled code as one expression up to its end, as it was meant. */
export const parseCompiled = (code: string): { offset: number; message: string } | null => {
  try {
    const { end } = parseExpressionAt(code, 0, { ecmaVersion: 2025, sourceType: 'script' });
    return end === code.length ? null : { offset: end, message: 'this ends the script too early: remove it' };
  } catch (error) {
    return tellSyntax(error, code);
  }
};

const tellSyntax = (error: unknown, source: string): { offset: number; message: string } => {
  const tooDeep = 'the script is nested too deeply here: split it up';
  if (error instanceof RangeError) return { offset: 0, message: tooDeep };
  if (!(error instanceof SyntaxError)) throw error;
  const { pos } = error as SyntaxError & { pos: number };
  const told = error.message.replace(/ \(\d+:\d+\)$/, '');
  if (told === 'Not enough stack space to parse input') return { offset: pos, message: tooDeep };
  if (looksTyped(source, pos)) {
    return { offset: pos, message: 'this looks like TypeScript: a script is plain JavaScript, so remove the types' };
  }
  const opened = told.startsWith('Unexpected token') ? leftOpen(source, pos) : null;
  if (opened) {
    const { bracket, offset } = opened;
    const noticed =
      pos < source.trimEnd().length
        ? `: ${tokenAt(source, pos)} in line ${lineOf(source, pos)} cannot stand within it`
        : '';
    return { offset, message: `syntax error: the ${JSON.stringify(bracket)} that opens here is not closed${noticed}` };
  }
  return { offset: pos, message: inWords(told, source, pos) };
};

const lineOf = (source: string, offset: number): number => source.slice(0, offset).split('\n').length;

const inWords = (told: string, source: string, offset: number): string => {
  if (told === 'Unexpected token') return `syntax error: unexpected ${tokenAt(source, offset)}`;
  if (told.startsWith("Cannot use keyword 'await'"))
    return 'syntax error: await inside a function that is not async: write async before the function';
  return `syntax error: ${told.charAt(0).toLowerCase()}${told.slice(1)}`;
};

const tokenAt = (source: string, offset: number): string => {
  const token = /[\w$]+|\S/y;
  token.lastIndex = offset;
  const found = token.exec(source)?.[0];
  return found === undefined ? 'end of the file: something opened before is not closed' : JSON.stringify(found);
};
