import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import { isRecord } from '../path.ts';
import { literalOf, plainKey, propertyOf } from './literal.ts';
import { memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** What an expression is, as far as the source tells: its value, or of a list how long it is. Null: only a run can tell. */
export type Known = { value: unknown } | { length: number } | null;

/** `args`: the arguments of the run; undefined where they are not known. */
export type Source = { tree: ScriptTree; args: { value: unknown } | undefined };

const maxDepth = 40;

/** Methods whose list is as long as the one they are called on, or at most so. */
const keepsLength = new Set(
  'map filter fill reverse sort toReversed toSorted keys entries values with concat'.split(' '),
);

export const lengthOf = (known: Known): number | null => {
  if (!known) return null;
  if ('length' in known) return known.length;
  return Array.isArray(known.value) ? known.value.length : null;
};

const numberOf = (known: Known): number | null =>
  known && 'value' in known && typeof known.value === 'number' ? known.value : null;

const ofLength = (length: number | null): Known => (length === null ? null : { length: Math.max(0, length) });

export const knownValue = (node: AnyNode, source: Source, depth = 0): Known => {
  if (depth > maxDepth) return null;
  const of = (inner: AnyNode): Known => knownValue(inner, source, depth + 1);
  const literal = literalOf(node);
  if ('value' in literal) return { value: literal.value };
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return of(node.expression);
    case 'AwaitExpression':
      return of(node.argument);
    case 'Identifier': {
      if (node.name === 'undefined') return { value: undefined };
      if (node.name === 'args' && source.tree.constantOf('args') === null) return source.args ?? null;
      const constant = source.tree.constantOf(node.name);
      return constant ? of(constant) : null;
    }
    case 'ArrayExpression':
      return listOf(node.elements, of);
    case 'ObjectExpression': {
      const value: Record<string, unknown> = {};
      for (const property of node.properties) {
        const key = property.type === 'Property' ? plainKey(property) : null;
        const known = property.type === 'Property' ? of(property.value) : null;
        if (key === null || !known || !('value' in known)) return null;
        value[key] = known.value;
      }
      return { value };
    }
    case 'MemberExpression': {
      const name = memberName(node);
      const property = propertyOf(resolved(node.object, source), name ?? '');
      if (property) return of(property.value);
      const object = of(node.object);
      if (name === 'length') return lengthOf(object) === null ? null : { value: lengthOf(object) };
      if (!object || !('value' in object) || name === null) return null;
      if (object.value === null || object.value === undefined) return node.optional ? { value: undefined } : null;
      return isRecord(object.value) || Array.isArray(object.value)
        ? { value: Object.entries(object.value).find(([key]) => key === name)?.[1] }
        : null;
    }
    case 'LogicalExpression': {
      const left = of(node.left);
      if (!left) return null;
      const isMissing =
        'value' in left && (node.operator === '??' ? left.value === null || left.value === undefined : !left.value);
      if (node.operator === '&&') return isMissing || ('value' in left && !left.value) ? left : of(node.right);
      return isMissing ? of(node.right) : left;
    }
    case 'ConditionalExpression': {
      const test = of(node.test);
      return test && 'value' in test ? of(test.value ? node.consequent : node.alternate) : null;
    }
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier' ? null : arithmetic(node.operator, of(node.left), of(node.right));
    case 'UnaryExpression':
      return node.operator === 'typeof' ? typeOf(of(node.argument)) : null;
    case 'NewExpression':
    case 'CallExpression':
      return called(node, source, of);
    default:
      return null;
  }
};

const resolved = (node: AnyNode, { tree }: Source): AnyNode =>
  node.type === 'Identifier' ? (tree.constantOf(node.name) ?? node) : node;

const listOf = (elements: readonly (AnyNode | null)[], of: (node: AnyNode) => Known): Known => {
  let length = 0;
  for (const element of elements) {
    const more = element?.type === 'SpreadElement' ? lengthOf(of(element.argument)) : 1;
    if (more === null) return null;
    length += more;
  }
  return { length };
};

const typeOf = (known: Known): Known => (known && 'value' in known ? { value: typeof known.value } : null);

const arithmetic = (operator: string, left: Known, right: Known): Known => {
  if (operator === '===' || operator === '!==') {
    if (!left || !right || !('value' in left) || !('value' in right)) return null;
    return { value: (left.value === right.value) === (operator === '===') };
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === null || b === null) return null;
  const values: Record<string, number> = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b };
  return Object.hasOwn(values, operator) ? { value: values[operator] } : null;
};

const called = (
  { type, callee, arguments: given }: CallExpression | NewExpression,
  source: Source,
  of: (node: AnyNode) => Known,
): Known => {
  const [first, second] = given;
  const name = callee.type === 'Identifier' ? callee.name : null;
  if (name === 'Array') return given.length === 1 && first ? ofLength(numberOf(of(first))) : { length: given.length };
  if ((name === 'parallel' || name === 'pipeline') && first) return ofLength(lengthOf(of(first)));
  if (type === 'NewExpression' || callee.type !== 'MemberExpression') return null;
  const method = memberName(callee);
  const owner = callee.object.type === 'Identifier' ? callee.object.name : null;
  if (owner === 'Array' && method === 'from' && first) {
    const length = propertyOf(resolved(first, source), 'length');
    return ofLength(length ? numberOf(of(length.value)) : lengthOf(of(first)));
  }
  if (owner === 'Object' && first && (method === 'keys' || method === 'values' || method === 'entries')) {
    const known = of(first);
    if (known && 'value' in known && isRecord(known.value)) return { length: Object.keys(known.value).length };
    const object = resolved(first, source);
    return object.type === 'ObjectExpression' ? { length: object.properties.length } : null;
  }
  if (owner === 'Math' && (method === 'min' || method === 'max')) {
    const numbers = given.map((one) => numberOf(of(one)));
    // Of what is not known the bound that is written out counts.
    const known = numbers.filter((one) => one !== null);
    if (method === 'max' && known.length < numbers.length) return null;
    return known.length === 0 ? null : { value: Math[method](...known) };
  }
  if (owner === 'Math' && (method === 'ceil' || method === 'floor' || method === 'round') && first) {
    const number = numberOf(of(first));
    return number === null ? null : { value: Math[method](number) };
  }
  const length = lengthOf(of(callee.object));
  if (method === 'slice') return ofLength(sliced(length, first && numberOf(of(first)), second && numberOf(of(second))));
  return method !== null && keepsLength.has(method) ? ofLength(length) : null;
};

/** Of a list of unknown length a slice between two numbers is at most so long. */
const sliced = (
  length: number | null,
  from: number | null | undefined,
  to: number | null | undefined,
): number | null => {
  const start = from ?? 0;
  if (from === null || to === null || start < 0 || (to !== undefined && to < 0)) return length;
  if (length === null) return to === undefined ? null : to - start;
  return Math.min(length, to ?? length) - start;
};
