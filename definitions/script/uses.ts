import type { AnyNode, CallExpression, VariableDeclarator } from 'acorn';
import { givesPromise } from './host.ts';
import { isFunction, memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** How a promise is used where its value was meant. */
export type Misuse = 'floating' | 'text' | 'property' | 'test' | 'operand' | 'spread' | 'argument' | 'returned';
/** `property`: what is read of it. `holder`: the constant that keeps it, or `maybe` something else. */
export type Use = { misuse: Misuse; property?: string | null } | { holder: string; maybe: boolean } | null;

const chained = new Set(['then', 'catch', 'finally']);

/** Follows the promise that `start` gives outwards to what is done with it. */
export const useOf = (start: AnyNode, tree: ScriptTree): Use => {
  let node = start;
  /** It stands in a list or an object, where await does not reach it. */
  let held = false;
  let maybe = false;
  for (;;) {
    const parent = tree.parentOf(node);
    switch (parent?.type) {
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        break;
      case 'ConditionalExpression':
        if (parent.test === node) return { misuse: 'test' };
        maybe = true;
        break;
      case 'LogicalExpression':
        if (parent.left === node) return { misuse: 'test' };
        maybe = true;
        break;
      case 'SequenceExpression':
        if (parent.expressions.at(-1) !== node) return { misuse: 'floating' };
        break;
      case 'Property':
        if (parent.value !== node) return null;
        held = true;
        node = tree.parentOf(parent) ?? parent;
        continue;
      case 'ArrayExpression':
        held = true;
        break;
      case 'MemberExpression': {
        if (parent.object !== node || held) return null;
        const property = memberName(parent);
        if (!chained.has(property ?? '')) return { misuse: 'property', property };
        const call = tree.parentOf(parent);
        if (call?.type !== 'CallExpression' || call.callee !== parent) return null;
        node = call;
        continue;
      }
      case 'ExpressionStatement':
        return { misuse: 'floating' };
      case 'TemplateLiteral':
        return tree.parentOf(parent)?.type === 'TaggedTemplateExpression' ? null : { misuse: 'text' };
      case 'BinaryExpression':
        return parent.operator === 'instanceof' ? null : { misuse: 'operand' };
      case 'UnaryExpression':
        if (parent.operator === 'void' || parent.operator === 'typeof') return null;
        return { misuse: parent.operator === '!' ? 'test' : 'operand' };
      case 'IfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return { misuse: 'test' };
      case 'ForStatement':
        return { misuse: parent.test === node ? 'test' : 'floating' };
      case 'ForOfStatement':
        return parent.right === node && !held ? { misuse: 'spread' } : null;
      case 'SwitchStatement':
        return { misuse: 'operand' };
      case 'SpreadElement':
        return held ? null : { misuse: 'spread' };
      case 'VariableDeclarator':
        return held ? null : useOfVariable(parent, maybe, tree);
      case 'CallExpression':
        return parent.callee !== node && isValueOf(parent, node, held) ? { misuse: 'argument' } : null;
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        return held && endsIn(tree.functionOf(node), tree) ? { misuse: 'returned' } : null;
      default:
        return null;
    }
    node = parent;
  }
};

/** Whether it is taken for the promise it is: awaited, or chained. */
export const isAwaited = (node: AnyNode, tree: ScriptTree): boolean => {
  const parent = tree.parentOf(node);
  if (parent?.type === 'MemberExpression') return parent.object === node && chained.has(memberName(parent) ?? '');
  return parent?.type === 'AwaitExpression';
};

const useOfVariable = (declarator: VariableDeclarator, maybe: boolean, tree: ScriptTree): Use => {
  const { id } = declarator;
  if (id.type === 'ObjectPattern') return { misuse: 'property', property: null };
  if (id.type === 'ArrayPattern') return { misuse: 'spread' };
  const declaration = tree.parentOf(declarator);
  const constant = declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
  return constant && id.type === 'Identifier' && tree.constantOf(id.name) ? { holder: id.name, maybe } : null;
};

/** Functions that want the value itself. */
const isValueOf = ({ callee, arguments: given }: CallExpression, node: AnyNode, held: boolean): boolean => {
  if (callee.type === 'MemberExpression')
    return callee.object.type === 'Identifier' && callee.object.name === 'JSON' && memberName(callee) === 'stringify';
  if (callee.type !== 'Identifier') return false;
  if (['log', 'phase', 'String', 'Number', 'Boolean'].includes(callee.name)) return true;
  // parallel() and pipeline() have checks of their own.
  if (!givesPromise(callee.name) || callee.name === 'parallel') return false;
  return callee.name === 'pipeline' ? !held && given[0] === node : true;
};

/** Whether what the function returns is taken as it is: by the run, or as a result of parallel() or pipeline(). */
const endsIn = (around: AnyNode | null, tree: ScriptTree): boolean => {
  if (!around) return true;
  if (tree.entry?.run === around) return true;
  return isThunk(around, tree);
};

/** A member of the list of parallel(), or a stage of pipeline(). */
const isThunk = (around: AnyNode, tree: ScriptTree): boolean => {
  const parent = tree.parentOf(around);
  const call = parent?.type === 'ArrayExpression' ? tree.parentOf(parent) : parent;
  if (call?.type === 'CallExpression' && call.callee.type === 'Identifier') {
    if (call.callee.name === 'pipeline') return call.arguments.indexOf(around as never) > 0;
    return call.callee.name === 'parallel' && parent !== call;
  }
  // parallel(items.map((item) => () => …))
  const mapper = parent?.type === 'ReturnStatement' ? tree.functionOf(parent) : parent;
  const mapped = mapper && isFunction(mapper) ? tree.parentOf(mapper) : null;
  const outer = mapped ? tree.parentOf(mapped) : null;
  return (
    mapped?.type === 'CallExpression' &&
    memberName(mapped.callee) === 'map' &&
    outer?.type === 'CallExpression' &&
    outer.callee.type === 'Identifier' &&
    outer.callee.name === 'parallel'
  );
};
