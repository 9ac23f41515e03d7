import type { AnyNode } from 'acorn';
import type { Kind } from '../../sandbox/evaluation.ts';
import { freeNames } from '../../sandbox/free-names.ts';
import { piecesOf } from '../../sandbox/parse.ts';

/** A name as a source writes it, and its offset there. */
export type Read = { name: string; offset: number };

/** The steps whose results a source reads by name, and where it reads `item` and `index`. */
export type Reads = { results: Read[]; items: Read[] };

/** Of a source that parses. */
export const findReads = (kind: Kind, source: string): Reads => {
  const reads: Reads = { results: [], items: [] };
  for (const { tree } of piecesOf(kind, source)) {
    for (const { name, parent } of freeNames(tree)) {
      if (name.name === 'item' || name.name === 'index') reads.items.push({ name: name.name, offset: name.start });
      if (name.name === 'results') reads.results.push(...readsIn(parent, name));
    }
  }
  return reads;
};

const readsIn = (parent: AnyNode | null, results: AnyNode): Read[] => {
  if (parent?.type === 'MemberExpression' && parent.object === results) return keyOf(parent.property, parent.computed);
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'ObjectPattern') return [];
  return parent.id.properties.flatMap((property) =>
    property.type === 'Property' ? keyOf(property.key, property.computed) : [],
  );
};

const keyOf = (key: AnyNode, computed: boolean): Read[] => {
  if (key.type === 'Identifier' && !computed) return [{ name: key.name, offset: key.start }];
  return key.type === 'Literal' && typeof key.value === 'string' ? [{ name: key.value, offset: key.start }] : [];
};
