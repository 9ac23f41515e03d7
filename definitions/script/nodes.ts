import type { AnyNode, Function as FunctionNode } from 'acorn';

export type AnyFunction = AnyNode & FunctionNode;

export const isFunction = (node: AnyNode | null | undefined): node is AnyFunction =>
  node?.type === 'FunctionDeclaration' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'ArrowFunctionExpression';

/** Of `a.name` and `a['name']`. */
export const memberName = (node: AnyNode): string | null => {
  if (node.type !== 'MemberExpression') return null;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  return node.property.type === 'Literal' ? String(node.property.value) : null;
};
