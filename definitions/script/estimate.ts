import type { AnyNode, CallExpression, ForStatement } from 'acorn';
import { scriptLimits } from '../../contracts/script-limits.ts';
import { childrenOf } from '../../sandbox/ast.ts';
import { type Known, knownValue, lengthOf, type Source } from './known-value.ts';
import { isFunction, memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** How many agents a script starts, as far as its source tells. */
export type Estimate = {
  agents: number;
  /** There may be more: a list or a loop is as long as only a run can tell. */
  orMore: boolean;
};

const none: Estimate = { agents: 0, orMore: false };
const unknown: Estimate = { agents: 0, orMore: true };

const sum = (all: readonly Estimate[]): Estimate => ({
  agents: all.reduce((total, { agents }) => total + agents, 0),
  orMore: all.some(({ orMore }) => orMore),
});
/** Of branches: the one that costs most. */
const most = (all: readonly Estimate[]): Estimate => ({
  agents: Math.max(0, ...all.map(({ agents }) => agents)),
  orMore: all.some(({ orMore }) => orMore),
});
/** `times` null: nobody knows how often, so once at least. */
const repeated = (each: Estimate, times: number | null): Estimate => {
  if (each.agents === 0 && !each.orMore) return none;
  return times === null ? { ...each, orMore: true } : { agents: each.agents * times, orMore: each.orMore && times > 0 };
};

/** Of nodes within each other: deeper ones are not looked at. */
const maxDepth = 300;

const iterates = new Set('map forEach flatMap filter some every find reduce'.split(' '));

/** `args`: those of the run, where they are known. */
export const estimateAgents = (tree: ScriptTree, args?: { value: unknown }): Estimate => {
  const source: Source = { tree, args };
  const declared = new Map(
    tree.nodes.flatMap((node) =>
      node.type === 'FunctionDeclaration' && node.id ? [[node.id.name, node] as const] : [],
    ),
  );
  const counted = new Map<AnyNode, Estimate>();
  /** Functions that are called by their names count where they are called. */
  const named = new Set<AnyNode>(declared.values());
  for (const node of tree.nodes) {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init && isFunction(node.init))
      named.add(node.init);
  }

  const functionNamed = (node: AnyNode | null | undefined): AnyNode | null => {
    if (node?.type !== 'Identifier') return null;
    const found = declared.get(node.name) ?? tree.constantOf(node.name);
    return found && isFunction(found) ? found : null;
  };
  const known = (node: AnyNode): Known => knownValue(node, source);

  /** What one call of a function starts. One that calls itself does so as often as only a run can tell. */
  const body = (node: AnyNode): Estimate => {
    const before = counted.get(node);
    if (before) return before;
    counted.set(node, unknown);
    const found = 'body' in node ? count(node.body as AnyNode) : none;
    counted.set(node, found);
    return found;
  };
  /** Of a function that is handed on, to be called once. */
  const handed = (node: AnyNode): Estimate => {
    const found = isFunction(node) ? node : functionNamed(node);
    return found ? body(found) : count(node);
  };
  const children = (node: AnyNode): Estimate => sum(childrenOf(node).map(count));

  const call = (node: CallExpression): Estimate => {
    const { callee, arguments: given } = node;
    const host = tree.calledBy(node);
    const [first, ...rest] = given;
    if (host === 'agent') return sum([{ agents: 1, orMore: false }, ...given.map(count)]);
    if (host === 'workflow') return sum([unknown, ...given.map(count)]);
    if (host === 'pipeline' && first) {
      const stages = sum(rest.map(handed));
      return sum([count(first), repeated(stages, lengthOf(known(first)))]);
    }
    const method = memberName(callee);
    if (callee.type === 'MemberExpression' && method !== null && first) {
      const isFrom = callee.object.type === 'Identifier' && callee.object.name === 'Array' && method === 'from';
      const mapper = isFrom ? rest[0] : iterates.has(method) ? first : undefined;
      if (mapper) {
        const times = lengthOf(known(isFrom ? node : callee.object));
        return sum([count(callee.object), repeated(handed(mapper), times)]);
      }
    }
    const own = functionNamed(callee);
    return sum([own ? body(own) : count(callee), ...given.map(handed)]);
  };

  let depth = 0;
  const count = (node: AnyNode): Estimate => {
    if (depth > maxDepth) return unknown;
    depth += 1;
    try {
      return counting(node);
    } finally {
      depth -= 1;
    }
  };
  const counting = (node: AnyNode): Estimate => {
    switch (node.type) {
      case 'CallExpression':
        return call(node);
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return named.has(node) ? none : body(node);
      case 'IfStatement':
      case 'ConditionalExpression': {
        const test = known(node.test);
        const branches = [node.consequent, ...(node.alternate ? [node.alternate] : [])];
        if (!test || !('value' in test)) return sum([count(node.test), most(branches.map(count))]);
        const taken = test.value ? node.consequent : node.alternate;
        return taken ? count(taken) : none;
      }
      case 'SwitchStatement':
        return sum([count(node.discriminant), most(node.cases.map(children))]);
      case 'ForOfStatement':
        return sum([count(node.right), repeated(count(node.body), lengthOf(known(node.right)))]);
      case 'ForInStatement':
        return repeated(children(node), null);
      case 'ForStatement':
        return repeated(children(node), tripsOf(node, known));
      case 'WhileStatement':
      case 'DoWhileStatement':
        // Its condition says when it ends, and not how often it goes round.
        return repeated(children(node), null);
      default:
        return children(node);
    }
  };

  const exported = tree.entry && named.has(tree.entry.run) ? body(tree.entry.run) : none;
  const all = sum([count(tree.program), exported]);
  return { agents: Math.min(all.agents, scriptLimits.agents), orMore: all.orMore };
};

/** Below what its counter stays, by a condition such as `round < 5`. */
const boundOf = (test: AnyNode, name: string, known: (node: AnyNode) => Known): number | null => {
  if (test.type === 'LogicalExpression' && test.operator === '&&') {
    const bounds = [boundOf(test.left, name, known), boundOf(test.right, name, known)].filter((one) => one !== null);
    return bounds.length === 0 ? null : Math.min(...bounds);
  }
  if (test.type !== 'BinaryExpression' || !/^[<>]=?$/.test(test.operator)) return null;
  const rises = test.operator.startsWith('<');
  const [small, large] = rises ? [test.left, test.right] : [test.right, test.left];
  if (small.type !== 'Identifier' || small.name !== name) return null;
  const bound = known(large as AnyNode);
  if (!bound || !('value' in bound) || typeof bound.value !== 'number') return null;
  return bound.value + (test.operator.endsWith('=') ? 1 : 0);
};

const tripsOf = ({ init, test, update }: ForStatement, known: (node: AnyNode) => Known): number | null => {
  const [counter] = init?.type === 'VariableDeclaration' ? init.declarations : [];
  if (!test || counter?.id.type !== 'Identifier' || !counter.init) return null;
  const start = known(counter.init);
  const bound = boundOf(test, counter.id.name, known);
  if (bound === null || !start || !('value' in start) || typeof start.value !== 'number') return null;
  const step = update?.type === 'AssignmentExpression' && update.operator === '+=' ? known(update.right) : { value: 1 };
  const by = step && 'value' in step && typeof step.value === 'number' && step.value > 0 ? step.value : 1;
  return Math.max(0, Math.ceil((bound - start.value) / by));
};
