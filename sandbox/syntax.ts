import type { AnyNode } from 'acorn';
import type { Kind } from './evaluation.ts';
import { type FreeName, freeNames } from './free-names.ts';
import { piecesOf, SourceError } from './parse.ts';
import { type Position, positionAt } from './position.ts';

/** Null when it can be evaluated. The position is within the source. */
export const checkSource = (kind: Kind, source: string): (Position & { message: string }) | null => {
  try {
    piecesOf(kind, source);
    return null;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ...positionAt(source, error.offset), message: error.message };
  }
};

export type Reads = {
  /** The steps whose results are read by name; `all` when only the evaluation can tell. */
  steps: string[] | 'all';
  /** Whether it reads `item` or `index`. */
  usesItem: boolean;
};

/** Of a source that {@link checkSource} accepts; another throws. */
export const readsOf = (kind: Kind, source: string): Reads => {
  const names = piecesOf(kind, source).flatMap((piece) => [...freeNames(piece.tree)]);
  const has = (...wanted: string[]): boolean => names.some(({ name }) => wanted.includes(name.name));
  const steps = names.filter(({ name }) => name.name === 'results').map(stepsRead);
  const known = steps.filter((read) => read !== null);
  return {
    steps: has('globalThis') || known.length < steps.length ? 'all' : [...new Set(known.flat())],
    usesItem: has('item', 'index', 'globalThis'),
  };
};

const stepsRead = ({ name, parent }: FreeName): string[] | null => {
  if (parent?.type === 'MemberExpression' && parent.object === name) {
    const step = keyOf(parent.property, parent.computed);
    return step === null ? null : [step];
  }
  if (parent?.type === 'VariableDeclarator' && parent.init === name && parent.id.type === 'ObjectPattern') {
    const keys = parent.id.properties.map((property) =>
      property.type === 'Property' ? keyOf(property.key, property.computed) : null,
    );
    return keys.every((key) => key !== null) ? keys : null;
  }
  return null;
};

const keyOf = (key: AnyNode, computed: boolean): string | null => {
  if (key.type === 'Identifier' && !computed) return key.name;
  if (key.type === 'Literal') return String(key.value);
  if (key.type === 'TemplateLiteral' && key.expressions.length === 0) return key.quasis[0]?.value.cooked ?? null;
  return null;
};
