import type { AnyNode, CallExpression, ExportDefaultDeclaration, Program } from 'acorn';
import { childrenOf, walk } from '../../sandbox/ast.ts';
import { type FreeName, freeNames, namesOf } from '../../sandbox/free-names.ts';
import { type Runnable, runnableOf } from './entry.ts';

/** A call of a function of the host by its name. */
export type HostCall = { name: string; node: CallExpression };

/** A parsed script, and what its checks ask of it. */
export type ScriptTree = {
  source: string;
  program: Program;
  nodes: readonly AnyNode[];
  /** The names that the script takes from outside, wherever no declaration of its own hides them. */
  free: readonly FreeName[];
  calls: readonly HostCall[];
  /** The host's function that a node calls. */
  calledBy(node: AnyNode): string | null;
  main: ExportDefaultDeclaration | null;
  /** What the script exports where that is an object with its function. */
  runnable: Runnable | null;
  parentOf(node: AnyNode): AnyNode | null;
  /** The function around it; null at the top. */
  functionOf(node: AnyNode): AnyNode | null;
  /** What a constant was declared with; null where the name is declared more than once, or is no constant. */
  constantOf(name: string): AnyNode | null;
  /** Where such a constant is read. */
  readsOf(name: string): readonly AnyNode[];
};

export const treeOf = (source: string, program: Program): ScriptTree => {
  const nodes = [...walk(program)];
  const parents = new Map(nodes.flatMap((node) => childrenOf(node).map((child) => [child, node] as const)));
  const parentOf = (node: AnyNode): AnyNode | null => parents.get(node) ?? null;
  const free = [...freeNames(program)];
  const declared = Map.groupBy(nodes.flatMap(declaredBy), ({ name }) => name);
  const calls = free.flatMap(({ name, parent }): HostCall[] =>
    parent?.type === 'CallExpression' && parent.callee === name ? [{ name: name.name, node: parent }] : [],
  );
  const called = new Map<AnyNode, string>(calls.map(({ name, node }) => [node, name]));
  const reads = Map.groupBy(
    nodes.filter((node) => node.type === 'Identifier' && isRead(node, parentOf(node))),
    (node) => (node.type === 'Identifier' ? node.name : ''),
  );
  const constantOf = (name: string): AnyNode | null => {
    const [first, second] = declared.get(name) ?? [];
    return first && !second ? first.constant : null;
  };
  return {
    source,
    program,
    nodes,
    free,
    calls,
    calledBy: (node) => called.get(node) ?? null,
    main: program.body.find((node) => node.type === 'ExportDefaultDeclaration') ?? null,
    runnable: runnableOf(program, constantOf),
    parentOf,
    functionOf: (node) => {
      let around = parentOf(node);
      while (around && !isFunction(around)) around = parentOf(around);
      return around;
    },
    constantOf,
    readsOf: (name) => reads.get(name) ?? [],
  };
};

export const isFunction = (node: AnyNode | null | undefined): boolean =>
  node?.type === 'FunctionDeclaration' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'ArrowFunctionExpression';

/** Of `a.name` and `a['name']`. */
export const memberName = (node: AnyNode): string | null => {
  if (node.type !== 'MemberExpression') return null;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  return node.property.type === 'Literal' ? String(node.property.value) : null;
};

type Declared = { name: string; constant: AnyNode | null };

const declaredBy = (node: AnyNode): Declared[] => {
  const none = (name: string): Declared => ({ name, constant: null });
  switch (node.type) {
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id, init }) =>
        id.type === 'Identifier' && node.kind === 'const'
          ? [{ name: id.name, constant: init ?? null }]
          : [...namesOf(id)].map(none),
      );
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...(node.id ? [node.id] : []), ...node.params].flatMap((one) => [...namesOf(one)].map(none));
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.id ? [none(node.id.name)] : [];
    case 'CatchClause':
      return node.param ? [...namesOf(node.param)].map(none) : [];
    default:
      return [];
  }
};

const isRead = (node: AnyNode, parent: AnyNode | null): boolean => {
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.id !== node;
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
      return parent.value === node;
    default:
      return true;
  }
};
