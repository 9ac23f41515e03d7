import type { AnyNode, CallExpression, ExportDefaultDeclaration, Program } from 'acorn';
import { childrenOf, walk } from '../../sandbox/ast.ts';
import { type FreeName, freeNames, namesOf } from '../../sandbox/free-names.ts';
import { type Runnable, runnableOf } from './entry.ts';
import { type Entry, entryOf, type HostParameter, hostCallOf } from './entry-function.ts';
import { type AnyFunction, isFunction } from './nodes.ts';

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
  /** The function that is run; null: the script runs from its top. */
  entry: Entry | null;
  parentOf(node: AnyNode): AnyNode | null;
  /** The function around it; null at the top. */
  functionOf(node: AnyNode): AnyNode | null;
  /** The function of this name, declared or a constant; null where the name may mean something else. */
  functionNamed(name: string): AnyFunction | null;
  /** What a constant was declared with; null where the name is declared more than once, or is no constant. */
  constantOf(name: string): AnyNode | null;
  /** Where such a constant is read. */
  readsOf(name: string): readonly AnyNode[];
};

export const treeOf = (source: string, program: Program): ScriptTree => {
  const nodes = [...walk(program)];
  const parents = new Map(nodes.flatMap((node) => childrenOf(node).map((child) => [child, node] as const)));
  const parentOf = (node: AnyNode): AnyNode | null => parents.get(node) ?? null;
  const declared = Map.groupBy(nodes.flatMap(declaredBy), ({ name }) => name);
  const reads = Map.groupBy(
    nodes.filter((node) => node.type === 'Identifier' && isRead(node, parentOf(node))),
    (node) => (node.type === 'Identifier' ? node.name : ''),
  );
  const constantOf = (name: string): AnyNode | null => {
    const [first, second] = declared.get(name) ?? [];
    return first && !second ? first.constant : null;
  };
  const functions = Map.groupBy(
    nodes.filter((node) => node.type === 'FunctionDeclaration'),
    ({ id }) => id?.name ?? '',
  );
  const main = program.body.find((node) => node.type === 'ExportDefaultDeclaration') ?? null;
  const runnable = runnableOf(program, constantOf);
  const entry = entryOf({ program, main, runnable, constantOf });
  const free = [...freeNames(program, entry?.host ? { scope: entry.run, names: entry.host.names } : undefined)];
  const calls = [
    ...free.flatMap(({ name, parent }): HostCall[] =>
      parent?.type === 'CallExpression' && parent.callee === name ? [{ name: name.name, node: parent }] : [],
    ),
    ...(entry?.host ? callsOf(entry.host, nodes) : []),
  ];
  const called = new Map<AnyNode, string>(calls.map(({ name, node }) => [node, name]));
  return {
    source,
    program,
    nodes,
    free,
    calls,
    calledBy: (node) => called.get(node) ?? null,
    main,
    runnable,
    entry,
    parentOf,
    functionOf: (node) => {
      let around = parentOf(node);
      while (around && !isFunction(around)) around = parentOf(around);
      return around;
    },
    constantOf,
    functionNamed: (name) => {
      const [found, other] = functions.get(name) ?? [];
      const constant = constantOf(name);
      if (found) return other || constant ? null : found;
      return isFunction(constant) ? constant : null;
    },
    readsOf: (name) => reads.get(name) ?? [],
  };
};

/** What is called of the parameter that holds what a script finds, as in `host.agent('x')`. */
const callsOf = ({ object }: HostParameter, nodes: readonly AnyNode[]): HostCall[] =>
  object === null
    ? []
    : nodes.flatMap((node) => {
        const name = node.type === 'CallExpression' ? hostCallOf(node, object) : null;
        return node.type === 'CallExpression' && name !== null ? [{ name, node }] : [];
      });

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
