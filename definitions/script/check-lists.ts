import type { AnyNode, CallExpression } from 'acorn';
import { scriptLimits } from '../../contracts/script.ts';
import { walk } from '../../sandbox/ast.ts';
import type { Tell } from './findings.ts';
import { isCaught } from './guarded.ts';
import { givesPromise } from './host.ts';
import { isFunction, memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** What parallel() and pipeline() are given. */
export const checkLists = (tree: ScriptTree, tell: Tell): void => {
  for (const { name, node } of tree.calls) {
    if (name === 'parallel') checkThunks(node, tree, tell);
    if (name === 'pipeline') checkStages(node, tree, tell);
    const [items] = node.arguments;
    if (name !== 'parallel' && name !== 'pipeline') continue;
    const form = name === 'parallel' ? 'parallel([() => agent(…), …])' : 'pipeline(items, (item) => agent(…), …)';
    if (!items) {
      tell('error', node.start, `${name}() has no list: write ${form}`);
    } else if (resolved(items, tree).type === 'ObjectExpression') {
      tell('error', items.start, `${name}() takes a list, and this is an object: write ${form}`);
    } else if (countOf(resolved(items, tree)) > scriptLimits.items) {
      const count = countOf(resolved(items, tree));
      const most = scriptLimits.items.toLocaleString('en');
      const severity = isCaught(node, tree) ? 'warning' : 'error';
      tell(severity, items.start, `${count} items: ${name}() takes at most ${most}; split the list and call it again`);
    }
  }
};

const resolved = (node: AnyNode, { constantOf }: ScriptTree): AnyNode =>
  node.type === 'Identifier' ? (constantOf(node.name) ?? node) : node;

/** Of a list that is written out, or made by `Array.from({ length })` or `Array()`; 0 where only a run can tell. */
const countOf = (list: AnyNode): number => {
  if (list.type === 'ArrayExpression') return list.elements.length;
  if (list.type !== 'CallExpression' && list.type !== 'NewExpression') return 0;
  const [first] = list.arguments;
  if (list.callee.type === 'Identifier' && list.callee.name === 'Array' && first?.type === 'Literal')
    return list.arguments.length === 1 && typeof first.value === 'number' ? first.value : 0;
  if (list.callee.type !== 'MemberExpression') return 0;
  const method = memberName(list.callee);
  if (method === 'map' || method === 'fill') return countOf(list.callee.object);
  if (method !== 'from' || first?.type !== 'ObjectExpression') return 0;
  const length = first.properties.find(
    (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === 'length',
  );
  return length?.type === 'Property' && length.value.type === 'Literal' ? Number(length.value.value) : 0;
};

const thunks = 'parallel() takes functions, so that it can start them itself';

const checkThunks = (call: CallExpression, tree: ScriptTree, tell: Tell): void => {
  const [list] = call.arguments;
  if (!list) return;
  const made = promiseOf(list, tree);
  if (isFunction(list) || made?.name === 'agent')
    tell('error', list.start, 'parallel() takes one list: write parallel([() => agent(…), …])');
  const items = resolved(list, tree);
  if (items.type === 'ArrayExpression') {
    for (const element of items.elements) if (element) checkThunk(element, tree, tell);
  } else if (items.type === 'CallExpression' && memberName(items.callee) === 'map') {
    checkMapper(items, tree, tell);
  }
};

const checkThunk = (element: AnyNode, tree: ScriptTree, tell: Tell): void => {
  const made = promiseOf(element, tree);
  if (made) {
    const awaited = element.type === 'AwaitExpression' ? 'a value that was awaited' : 'a promise';
    tell('error', element.start, `${awaited} in the list of parallel(): ${thunks}; write () => ${made.name}(…)`);
  } else if (['Literal', 'TemplateLiteral', 'ObjectExpression', 'ArrayExpression'].includes(element.type)) {
    tell('error', element.start, `${thunks}: write () => … here`);
  }
};

/** `items.map((item) => agent(…))` gives promises, and so does every async function. */
const checkMapper = ({ arguments: [mapper] }: CallExpression, tree: ScriptTree, tell: Tell): void => {
  if (mapper?.type !== 'ArrowFunctionExpression' && mapper?.type !== 'FunctionExpression') return;
  if (mapper.async) {
    const told = `map() with an async function gives promises: ${thunks}; write (item) => async () => …`;
    tell('error', mapper.start, told);
    return;
  }
  const results =
    mapper.body.type === 'BlockStatement'
      ? [...walk(mapper.body, (node) => !isFunction(node))].flatMap((node) =>
          node.type === 'ReturnStatement' && node.argument ? [node.argument] : [],
        )
      : [mapper.body];
  for (const result of results) {
    const made = promiseOf(result, tree);
    if (made)
      tell('error', result.start, `map() gives promises here: ${thunks}; write (item) => () => ${made.name}(…)`);
  }
};

const checkStages = (call: CallExpression, tree: ScriptTree, tell: Tell): void => {
  for (const stage of call.arguments.slice(1)) {
    const made = promiseOf(stage, tree);
    if (made) tell('error', stage.start, `a stage of pipeline() is a function: write (prev, item) => ${made.name}(…)`);
    else if (stage.type === 'ArrayExpression')
      tell('error', stage.start, 'pipeline() takes its stages one by one, not as a list: write pipeline(items, a, b)');
  }
};

/** The call of the host whose promise, or awaited value, this is. */
const promiseOf = (node: AnyNode, tree: ScriptTree): { name: string } | null => {
  const call = node.type === 'AwaitExpression' ? node.argument : resolved(node, tree);
  if (call.type !== 'CallExpression') return null;
  if (call.callee.type === 'MemberExpression' && ['then', 'catch', 'finally'].includes(memberName(call.callee) ?? ''))
    return promiseOf(call.callee.object, tree);
  const name = tree.calledBy(call);
  return name !== null && givesPromise(name) ? { name } : null;
};
