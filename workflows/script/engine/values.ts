/** Guest code: how values cross the border, and how what was thrown is shown. All of it is safe from what a script changed. */
export const values = `((built) => {
'use strict';
const { NativePromise, NativeError, NativeMap, NativeSet, NativeTypeError, stringify, text, slice, isPrototypeOf, defineProperty, isArray } = built;

const set = (object, key, value) => defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
/** Null for what JSON can hold. */
const notJson = (value) => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value !== 'object' || value === null) return null;
  if (isPrototypeOf(NativePromise.prototype, value)) return 'a promise';
  if (isPrototypeOf(NativeMap.prototype, value)) return 'a Map';
  if (isPrototypeOf(NativeSet.prototype, value)) return 'a Set';
  return null;
};
/** What reads it later, in the host and in the database, goes into it level by level on a stack of its own. */
const maxLevels = 200;
const stepTo = (path, key, isItem) => isItem ? path + '[' + key + ']' : path === '' ? key : path + '.' + key;
/**
 * JSON of a value; undefined for undefined. Throws what \`found(what, path)\` gives for the first thing that JSON cannot
 * hold; the path of the value itself is empty. What JSON leaves out goes to \`left(what, path)\`, where that is given.
 */
const jsonOf = (value, found, left) => {
  const around = [];
  let depth = -1;
  return stringify(value, function (key, field) {
    if (depth >= 0) while (depth > 0 && around[depth].holder !== this) depth--;
    const pathTo = () => {
      let path = '';
      for (let at = 1; at <= depth; at++) path = stepTo(path, around[at].key, isArray(around[at - 1].holder));
      return slice(depth < 0 ? path : stepTo(path, key, isArray(this)), 0, 200);
    };
    if (left !== undefined) {
      const what = typeof field === 'function' ? 'a function' : typeof field === 'symbol' ? 'a symbol' : field === undefined && depth >= 0 ? 'undefined' : null;
      if (what !== null) { left(what, pathTo); return undefined; }
    }
    const what = notJson(field) ?? (depth >= maxLevels ? 'a value nested deeper than ' + maxLevels + ' levels' : null);
    if (what !== null) throw found(what, pathTo());
    if (typeof field === 'object' && field !== null) {
      for (let at = 0; at <= depth; at++) if (around[at].holder === field) throw found('a value that contains itself (a cycle)', pathTo());
    }
    if (typeof field === 'object' && field !== null) set(around, ++depth, { __proto__: null, holder: field, key });
    return field;
  });
};

const kindOf = (value) => {
  if (value === null) return 'null';
  const what = notJson(value);
  if (what !== null) return what;
  if (isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : typeof value === 'undefined' ? 'undefined' : 'a ' + typeof value;
};

const describe = (thrown) => {
  try {
    if (typeof thrown === 'object' && thrown !== null && isPrototypeOf(NativeError.prototype, thrown)) {
      const { name, message, stack, code } = thrown;
      return { __proto__: null, name: slice(text(name), 0, 100), message: slice(text(message), 0, 2000), stack: slice(text(stack), 0, 4000), code: typeof code === 'string' ? code : null };
    }
    const shown = typeof thrown === 'object' && thrown !== null ? stringify(thrown) : typeof thrown === 'function' ? 'a function' : text(thrown);
    return { __proto__: null, name: '', message: slice(shown ?? 'a value that cannot be shown', 0, 2000), stack: '', code: null };
  } catch {
    return { __proto__: null, name: '', message: 'a value that cannot be shown', stack: '', code: null };
  }
};

/** As text of a log line. */
const shown = (value) => {
  if (typeof value === 'string') return value;
  try {
    if (typeof value === 'object' && value !== null && isPrototypeOf(NativeError.prototype, value)) return text(value.stack ? value.name + ': ' + value.message + '\\n' + value.stack : value.message);
    const what = notJson(value);
    if (what === 'a promise') return '[a promise: it is not awaited]';
    if (what === 'a Map' || what === 'a Set') return '[' + what + ']';
    return what === 'a function' ? '[a function]' : stringify(value) ?? text(value);
  } catch {
    return '[a value that cannot be shown]';
  }
};

const errorOf = (message, code, stack) => {
  const error = new NativeError(message);
  if (code !== undefined) set(error, 'code', code);
  if (stack !== undefined) defineProperty(error, 'stack', { __proto__: null, value: stack, writable: true, configurable: true });
  return error;
};
/** \`what\` was called with something that is not JSON. */
const refused = (what, found, path) => errorOf(what + ' was given ' + found + (path === '' ? '' : ' at ' + path) + (found === 'a promise' ? ': await it' : ': it takes JSON values only'));
return { notJson, jsonOf, kindOf, describe, shown, set, errorOf, refused };
})`;
