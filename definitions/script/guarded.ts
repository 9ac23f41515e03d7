import type { AnyNode, BlockStatement, Expression, IfStatement, PrivateIdentifier, Program } from 'acorn';
import { walk } from '../../sandbox/ast.ts';
import { type AnyFunction, isFunction, memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** Why a name that is missing need not stop the script. */
export type Guard = 'typeof' | 'try';

/** How the script copes with a name that is missing; null where it does not. */
export const guardOf = (node: AnyNode, name: string, tree: ScriptTree): Guard | null => {
  let tested = false;
  let child = node;
  for (let around = tree.parentOf(node); around; child = around, around = tree.parentOf(around)) {
    if (around.type === 'TryStatement' && around.block === child && around.handler) return 'try';
    if (isFunction(around) && isTried(around, tree)) return 'try';
    tested ||= isTested(child, around, name, tree);
  }
  return tested ? 'typeof' : null;
};

/** By function, the parameters that it calls inside `try`. */
const triedParameters = new WeakMap<AnyFunction, Set<string>>();

const parametersTriedBy = (own: AnyFunction): Set<string> => {
  const known = triedParameters.get(own);
  if (known) return known;
  const called = [...walk(own)].flatMap((node) =>
    node.type === 'TryStatement' && node.handler ? [...walk(node.block)].flatMap(calledName) : [],
  );
  const names = new Set(called);
  triedParameters.set(own, names);
  return names;
};

const calledName = (node: AnyNode): string[] =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' ? [node.callee.name] : [];

/** Whether a function is handed to one of the script that calls it inside `try`, as in `attempt(() => …)`. */
const isTried = (handed: AnyFunction, tree: ScriptTree): boolean => {
  const call = tree.parentOf(handed);
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier') return false;
  const own = tree.functionNamed(call.callee.name);
  const given: readonly unknown[] = call.arguments;
  const parameter = own?.params[given.indexOf(handed)];
  return own !== null && parameter?.type === 'Identifier' && parametersTriedBy(own).has(parameter.name);
};

/** Whether the script goes on when this call throws: inside `try`, or before a `.catch()`. */
export const isCaught = (call: AnyNode, tree: ScriptTree): boolean => {
  let child = call;
  for (let around = tree.parentOf(call); around; child = around, around = tree.parentOf(around)) {
    if (around.type === 'TryStatement' && around.block === child && around.handler) return true;
    if (around.type !== 'MemberExpression' || around.object !== child) continue;
    const chained = tree.parentOf(around);
    if (chained?.type !== 'CallExpression' || chained.callee !== around) continue;
    const name = memberName(around);
    if (name === 'catch' || (name === 'then' && chained.arguments.length > 1)) return true;
  }
  return false;
};

/** Whether `child` runs only where a test in `around` has found the name. */
const isTested = (child: AnyNode, around: AnyNode, name: string, tree: ScriptTree): boolean => {
  switch (around.type) {
    case 'LogicalExpression':
      if (around.right !== child || around.operator === '??') return false;
      return proves(around.left, name, around.operator === '&&', tree);
    case 'ConditionalExpression':
    case 'IfStatement':
      if (around.test === child) return false;
      return proves(around.test, name, around.consequent === child, tree);
    case 'BlockStatement':
    case 'Program':
      return leavingTests(around).some(({ start, test }) => start < child.start && proves(test, name, false, tree));
    default:
      return false;
  }
};

/** Tests of a block whose branch leaves it, by the block: a script asks for each of its names. */
const known = new WeakMap<AnyNode, IfStatement[]>();

const leavingTests = (block: BlockStatement | Program): IfStatement[] => {
  const found = known.get(block) ?? block.body.filter((one) => one.type === 'IfStatement' && leaves(one.consequent));
  const tests = found as IfStatement[];
  known.set(block, tests);
  return tests;
};

const leaves = (node: AnyNode): boolean => {
  const last = node.type === 'BlockStatement' ? node.body.at(-1) : node;
  return ['ReturnStatement', 'ThrowStatement', 'ContinueStatement', 'BreakStatement'].includes(last?.type ?? '');
};

/** Whether the name must be there when `test` comes out as `outcome`. */
const proves = (test: AnyNode, name: string, outcome: boolean, tree: ScriptTree): boolean => {
  switch (test.type) {
    case 'Identifier': {
      const value = tree.constantOf(test.name);
      return value !== null && value.type !== 'Identifier' && proves(value, name, outcome, tree);
    }
    case 'UnaryExpression':
      return test.operator === '!' && proves(test.argument, name, !outcome, tree);
    case 'LogicalExpression': {
      if (test.operator === '??') return false;
      const sides = [test.left, test.right].map((side) => proves(side, name, outcome, tree));
      return (test.operator === '&&') === outcome ? sides.includes(true) : !sides.includes(false);
    }
    case 'MemberExpression':
      return outcome && isGlobal(test.object) && memberName(test) === name;
    case 'BinaryExpression':
      return comparisonProves(test.operator, test.left, test.right, name, outcome);
    default:
      return false;
  }
};

const comparisonProves = (
  operator: string,
  left: Expression | PrivateIdentifier,
  right: Expression,
  name: string,
  outcome: boolean,
): boolean => {
  if (operator === 'in') return outcome && isGlobal(right) && left.type === 'Literal' && left.value === name;
  const type = isTypeof(left, name) ? right : isTypeof(right, name) ? left : null;
  if (type?.type !== 'Literal' || !/^[!=]==?$/.test(operator)) return false;
  const isEqual = operator.startsWith('=') === outcome;
  return isEqual !== (type.value === 'undefined');
};

const isGlobal = (node: AnyNode): boolean => node.type === 'Identifier' && node.name === 'globalThis';

const isTypeof = (node: AnyNode, name: string): boolean =>
  node.type === 'UnaryExpression' &&
  node.operator === 'typeof' &&
  node.argument.type === 'Identifier' &&
  node.argument.name === name;
