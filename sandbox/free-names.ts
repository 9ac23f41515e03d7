import type { AnyNode, Identifier } from 'acorn';
import { childrenOf, walk } from './ast.ts';

/** A name that no declaration of the source binds, and the node it is in. */
export type FreeName = { name: Identifier; parent: AnyNode | null };

/** Names that a function does not bind although it declares them. */
type Unbound = { scope: AnyNode; names: ReadonlySet<string> };

/** A block counts as part of its function: a name declared in one is taken as bound in the whole function. */
export function* freeNames(root: AnyNode, unbound?: Unbound): Generator<FreeName> {
  const open: Visit[] = [{ node: root, parent: null, scope: null }];
  for (let visit = open.pop(); visit; visit = open.pop()) {
    const { node, parent } = visit;
    if (node.type === 'Identifier' && isReference(node, parent) && !isBound(node.name, visit.scope)) {
      yield { name: node, parent };
    }
    const scope = opensScope(node) ? { names: boundBy(node, unbound), outer: visit.scope } : visit.scope;
    for (const child of childrenOf(node).reverse()) open.push({ node: child, parent: node, scope });
  }
}

const boundBy = (scope: AnyNode, unbound: Unbound | undefined): Set<string> => {
  const names = [...declaredIn(scope)];
  return new Set(scope === unbound?.scope ? names.filter((name) => !unbound.names.has(name)) : names);
};

type Scope = { names: ReadonlySet<string>; outer: Scope | null };
type Visit = { node: AnyNode; parent: AnyNode | null; scope: Scope | null };

const isBound = (name: string, innermost: Scope | null): boolean => {
  for (let scope = innermost; scope; scope = scope.outer) if (scope.names.has(name)) return true;
  return false;
};

const opensScope = (node: AnyNode): boolean =>
  node.type === 'Program' ||
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression';

/** A property's name does not count, in `a.name`, `{ name: 1 }`, `class { name() {} }`. */
const isReference = (node: Identifier, parent: AnyNode | null): boolean => {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
      return parent.value === node || parent.computed;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === node || parent.computed;
    case 'LabeledStatement':
      return parent.label !== node;
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ExportSpecifier':
    case 'ImportSpecifier':
      return false;
    default:
      return true;
  }
};

function* declaredIn(scope: AnyNode): Generator<string> {
  if ('params' in scope) for (const param of scope.params) yield* namesOf(param);
  if (scope.type === 'FunctionExpression' && scope.id) yield scope.id.name;
  for (const node of walk(scope, (inner) => !opensScope(inner))) {
    if (node.type === 'VariableDeclarator') yield* namesOf(node.id);
    if (node.type === 'CatchClause' && node.param) yield* namesOf(node.param);
    if (node !== scope && declaresName(node)) yield node.id.name;
    if (node.type === 'ImportDeclaration') for (const { local } of node.specifiers) yield local.name;
  }
}

/** A class expression too: its name is bound within it. */
const declaresName = (node: AnyNode): node is AnyNode & { id: Identifier } =>
  (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' || node.type === 'ClassExpression') &&
  Boolean(node.id);

export function* namesOf(pattern: AnyNode): Generator<string> {
  switch (pattern.type) {
    case 'Identifier':
      yield pattern.name;
      return;
    case 'AssignmentPattern':
      yield* namesOf(pattern.left);
      return;
    case 'Property':
      yield* namesOf(pattern.value);
      return;
    default:
      for (const child of childrenOf(pattern)) yield* namesOf(child);
  }
}
