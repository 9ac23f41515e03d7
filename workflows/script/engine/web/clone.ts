/** Guest code: `structuredClone` and `Array.fromAsync`, for values of the language itself. */
export const clone = `((define) => {
'use strict';
const cannot = (what) => {
  const error = new Error('structuredClone() cannot copy ' + what);
  error.name = 'DataCloneError';
  throw error;
};
const cloneOf = (value, seen) => {
  if (typeof value === 'function') return cannot('a function');
  if (typeof value === 'symbol') return cannot('a symbol');
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = (copy) => { seen.set(value, copy); return copy; };
  if (Array.isArray(value)) return fill(keep(new Array(value.length)), value, seen);
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof Boolean || value instanceof Number || value instanceof String) return keep(Object(value.valueOf()));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    const buffer = cloneOf(value.buffer, seen);
    return keep(new value.constructor(buffer, value.byteOffset, value instanceof DataView ? value.byteLength : value.length));
  }
  if (value instanceof Map) {
    const copy = keep(new Map());
    for (const [key, item] of [...value]) copy.set(cloneOf(key, seen), cloneOf(item, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set());
    for (const item of [...value]) copy.add(cloneOf(item, seen));
    return copy;
  }
  if (value instanceof Error) {
    const Kind = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].find((one) => value.name === one.name) ?? Error;
    const copy = keep(new Kind(value.message));
    Object.defineProperty(copy, 'stack', { value: value.stack, writable: true, configurable: true });
    if ('cause' in value) Object.defineProperty(copy, 'cause', { value: cloneOf(value.cause, seen), writable: true, configurable: true });
    return copy;
  }
  if (value instanceof Promise) return cannot('a promise: await it');
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return cannot('a weak collection');
  return fill(keep({}), value, seen);
};
const fill = (copy, value, seen) => {
  for (const key of Object.keys(value))
    Object.defineProperty(copy, key, { value: cloneOf(value[key], seen), writable: true, enumerable: true, configurable: true });
  return copy;
};
define('structuredClone', function structuredClone(value) {
  if (arguments.length === 0) throw new TypeError('structuredClone(value) takes a value');
  return cloneOf(value, new Map());
});
if (Array.fromAsync === undefined) {
  const fromAsync = async function fromAsync(items, each, self) {
    if (each !== undefined && typeof each !== 'function') throw new TypeError('Array.fromAsync(items, each) takes a function as each');
    if (items === null || items === undefined) throw new TypeError('Array.fromAsync(items) takes something that can be iterated, not ' + items);
    const list = [];
    const add = async (item) => { list.push(each ? await each.call(self, item, list.length) : item); };
    if (items[Symbol.asyncIterator] || items[Symbol.iterator]) for await (const item of items) await add(item);
    else for (let index = 0; index < items.length; index++) await add(await items[index]);
    return list;
  };
  Object.defineProperty(Array, 'fromAsync', { value: fromAsync, writable: true, configurable: true });
}
})`;
