import type { AnyNode, ObjectExpression, Property } from 'acorn';
import type { Path } from '../path.ts';

/** What a pure literal stands for, or the first part of it that is none. */
export type Literal = { value: unknown } | { impure: AnyNode };

export const literalOf = (node: AnyNode): Literal => {
  switch (node.type) {
    case 'Literal':
      return 'regex' in node || 'bigint' in node ? { impure: node } : { value: node.value };
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? { value: node.quasis[0]?.value.cooked } : { impure: node };
    case 'UnaryExpression': {
      const inner = literalOf(node.argument);
      return node.operator === '-' && 'value' in inner && typeof inner.value === 'number'
        ? { value: -inner.value }
        : { impure: node };
    }
    case 'ArrayExpression':
      return listOf(node.elements, node);
    case 'ObjectExpression':
      return recordOf(node);
    default:
      return { impure: node };
  }
};

const listOf = (elements: readonly (AnyNode | null)[], list: AnyNode): Literal => {
  const value: unknown[] = [];
  for (const element of elements) {
    const item = element ? literalOf(element) : { impure: list };
    if ('impure' in item) return item;
    value.push(item.value);
  }
  return { value };
};

const recordOf = (node: ObjectExpression): Literal => {
  const value: Record<string, unknown> = {};
  for (const property of node.properties) {
    const key = property.type === 'Property' ? plainKey(property) : null;
    if (property.type !== 'Property' || key === null || key === '__proto__') return { impure: property };
    const item = literalOf(property.value);
    if ('impure' in item) return property.shorthand ? { impure: property } : item;
    value[key] = item.value;
  }
  return { value };
};

/** Null for a computed one, a method, a getter. */
export const plainKey = ({ key, computed, method, kind }: Property): string | null => {
  if (computed || method || kind !== 'init') return null;
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : null;
};

export const propertyOf = (node: AnyNode, name: string): Property | undefined =>
  node.type === 'ObjectExpression'
    ? node.properties.findLast((one): one is Property => one.type === 'Property' && plainKey(one) === name)
    : undefined;

/** The node of a literal at a path, or the innermost one around it that is there. */
export const nodeAt = (root: AnyNode, path: Path): AnyNode => {
  let node = root;
  for (const key of path) {
    const next = node.type === 'ArrayExpression' ? node.elements[Number(key)] : propertyOf(node, String(key))?.value;
    if (!next) return node;
    node = next;
  }
  return node;
};
