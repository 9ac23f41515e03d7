import { type AnyNode, type Options, parse, parseExpressionAt } from 'acorn';
import { walk } from './ast.ts';
import type { Kind } from './evaluation.ts';

/** What the engine understands; as a module so that everything is strict. */
const options: Options = {
  ecmaVersion: 2025,
  sourceType: 'module',
  allowReturnOutsideFunction: true,
  preserveParens: true,
};

/** Code, and where it is in the source. */
export type Piece = { code: string; offset: number; tree: AnyNode };
export type Part = { text: string } | { hole: Piece };

export class SourceError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export const parseCode = (source: string): Piece => {
  const tree = refusingSyntax(() => parse(source, options));
  refuseUnsupported(tree);
  return { code: source, offset: 0, tree };
};

export const parseExpression = (source: string): Piece => {
  const { piece, end } = expressionAt(source, 0);
  if (end < source.length) throw new SourceError(`Unexpected ${JSON.stringify(source[end])} after the expression`, end);
  return piece;
};

export const parseTemplate = (source: string): Part[] => {
  const parts: Part[] = [];
  let text = '';
  let at = 0;
  for (;;) {
    const open = source.indexOf('${', at);
    if (open === -1) break;
    if (source[open - 1] === '\\' && open > at) {
      text += `${source.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    const { piece, end } = expressionAt(source, open + 2);
    if (source[end] !== '}') throw new SourceError('The hole that begins here has no } after its expression', open);
    parts.push({ text: text + source.slice(at, open) }, { hole: piece });
    text = '';
    at = end + 1;
  }
  parts.push({ text: text + source.slice(at) });
  return parts;
};

export const piecesOf = (kind: Kind, source: string): Piece[] => {
  if (kind === 'code') return [parseCode(source)];
  if (kind === 'expression') return [parseExpression(source)];
  return parseTemplate(source).flatMap((part) => ('hole' in part ? [part.hole] : []));
};

const blank = /(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*)*/y;

/** `end` is the first offset behind the expression that is neither space nor comment. */
const expressionAt = (source: string, offset: number): { piece: Piece; end: number } => {
  const tree = refusingSyntax(() => parseExpressionAt(source, offset, options));
  refuseUnsupported(tree);
  blank.lastIndex = tree.end;
  const end = tree.end + (blank.exec(source)?.[0].length ?? 0);
  return { piece: { code: source.slice(offset, end), offset, tree }, end };
};

const refusingSyntax = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { pos } = error as SyntaxError & { pos: number };
    throw new SourceError(error.message.replace(/ \(\d+:\d+\)$/, ''), pos);
  }
};

const refuseUnsupported = (tree: AnyNode): void => {
  for (const node of walk(tree)) {
    const reason = unsupported(node);
    if (reason) throw new SourceError(reason, node.start);
  }
};

const noImport = 'import is not available: write the function into the code, or have an agent step run the program';
const noExport = 'export is not available: use return';
const noAwait = 'await is not available: nothing here takes time, so use the value itself';

const unsupported = (node: AnyNode): string | null => {
  switch (node.type) {
    case 'AwaitExpression':
      return noAwait;
    case 'ForOfStatement':
      return node.await ? noAwait : null;
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'MetaProperty':
      return node.type !== 'MetaProperty' || node.meta.name === 'import' ? noImport : null;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportAllDeclaration':
      return noExport;
    default:
      return null;
  }
};
