import type { AnyNode, DoWhileStatement, ForStatement, WhileStatement } from 'acorn';
import { walk } from '../../sandbox/ast.ts';
import type { FreeName } from '../../sandbox/free-names.ts';
import type { Tell } from './findings.ts';
import { isFunction } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

type Loop = WhileStatement | DoWhileStatement | ForStatement;

const isLoop = (node: AnyNode): node is Loop =>
  node.type === 'WhileStatement' || node.type === 'DoWhileStatement' || node.type === 'ForStatement';

/** Without a budget `budget.remaining()` is Infinity: a loop on it alone runs until the limit of agents. */
export const checkLoops = (tree: ScriptTree, tell: Tell): void => {
  const budgets = tree.free.filter(({ name }) => name.name === 'budget');
  for (const loop of tree.nodes) {
    if (budgets.length === 0 || !isLoop(loop)) continue;
    const tests = [...(loop.test ? conjuncts(loop.test) : []), ...exitsOf(loop).flatMap(conjunctsOfExit)];
    const budgeted = tests.find((test) => asksBudget(test, 'remaining', budgets));
    if (!budgeted || tests.some((test) => asksBudget(test, 'total', budgets) || caps(test, budgets))) continue;
    const advice = 'give this loop a cap of rounds, such as round < 10 && …, or ask budget.total && … first';
    tell('warning', budgeted.start, `without a budget budget.remaining() is Infinity: ${advice}`);
  }
};

/** The conditions that must all hold. */
const conjuncts = (test: AnyNode): AnyNode[] =>
  test.type === 'LogicalExpression' && test.operator === '&&'
    ? [...conjuncts(test.left), ...conjuncts(test.right)]
    : [test];

const conjunctsOfExit = (test: AnyNode): AnyNode[] =>
  test.type === 'LogicalExpression' ? [...conjunctsOfExit(test.left), ...conjunctsOfExit(test.right)] : [test];

/** The conditions under which its body leaves it. */
const exitsOf = ({ body }: Loop): AnyNode[] =>
  [...walk(body, (node) => !isFunction(node))].flatMap((node) =>
    node.type === 'IfStatement' && leaves(node.consequent) ? [node.test] : [],
  );

const leaves = (node: AnyNode): boolean =>
  [...walk(node, (inner) => !isFunction(inner) && !isLoop(inner))].some(
    ({ type }) => type === 'BreakStatement' || type === 'ReturnStatement' || type === 'ThrowStatement',
  );

const asksBudget = (test: AnyNode, member: string, budgets: readonly FreeName[]): boolean =>
  budgets.some(
    ({ name, parent }) =>
      test.start <= name.start &&
      name.end <= test.end &&
      parent?.type === 'MemberExpression' &&
      parent.property.type === 'Identifier' &&
      parent.property.name === member,
  );

/** A count against a bound. */
const caps = (test: AnyNode, budgets: readonly FreeName[]): boolean =>
  !asksBudget(test, 'remaining', budgets) &&
  [...walk(test)].some(
    (node) =>
      node.type === 'UpdateExpression' ||
      (node.type === 'BinaryExpression' && ['<', '>', '<=', '>='].includes(node.operator)),
  );
