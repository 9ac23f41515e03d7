/**
 * Run in each new context before anything of the user's; gives the function that runs the user's functions.
 * It keeps what it needs of the built-ins, because user code may change them. It answers with a text: a letter and JSON.
 * - `v`: the value.
 * - `t`: thrown: `name`, `text`, `stack`, and the number of the `hole`.
 * - `u`: the `hole` is `undefined` or `null` (`what`).
 * - `r`: the result is, or has at `key`, `what` JSON cannot hold.
 * - `s`: the result is longer than the limit: `length`.
 */
export const prelude = `(() => {
'use strict';
const { parse, stringify } = JSON;
const { defineProperty, keys, getPrototypeOf } = Object;
const { construct } = Reflect;
const slice = Function.prototype.call.bind(String.prototype.slice);
const NativeDate = Date, NativePromise = Promise, NativeMap = Map, NativeSet = Set, NativeError = Error, text = String;

const refuse = (what, advice) => { throw new NativeError(what + ' is not available: ' + advice); };
const noClock = (what) => refuse(what, 'a result is used again for the same input. Pass the time in the input');
const FixedDate = function Date(...args) {
  if (new.target === undefined || args.length === 0) noClock('The current time');
  return construct(NativeDate, args, new.target);
};
FixedDate.prototype = NativeDate.prototype;
FixedDate.prototype.constructor = FixedDate;
FixedDate.parse = NativeDate.parse;
FixedDate.UTC = NativeDate.UTC;
FixedDate.now = () => noClock('Date.now()');
globalThis.Date = FixedDate;
Math.random = () => refuse('Math.random()', 'a result is used again for the same input. Pass the number in the input');

const NoFunction = function Function() { refuse('Code made from text', 'write the code itself'); };
NoFunction.prototype = Function.prototype;
for (const made of [() => {}, function* () {}, async () => {}, async function* () {}]) {
  defineProperty(getPrototypeOf(made), 'constructor', { value: NoFunction });
}
globalThis.Function = NoFunction;
globalThis.eval = () => refuse('eval', 'write the code itself');
delete globalThis.SharedArrayBuffer;

const notJson = (value) => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'bigint') return 'a BigInt';
  if (value instanceof NativePromise) return 'a promise';
  if (value instanceof NativeMap) return 'a Map';
  if (value instanceof NativeSet) return 'a Set';
  return null;
};
const describe = (thrown) => {
  try {
    if (thrown instanceof NativeError) {
      return { name: text(thrown.name), text: text(thrown.message) || text(thrown.name), stack: text(thrown.stack) };
    }
    const shown = typeof thrown === 'object' && thrown !== null ? stringify(thrown) : text(thrown);
    return { name: '', text: shown ?? 'a ' + typeof thrown, stack: '' };
  } catch {
    return { name: '', text: 'a value that cannot be shown', stack: '' };
  }
};

return (job, ...functions) => {
  // Without a prototype: a toJSON put on Object.prototype must not change what is reported.
  let found = null;
  const report = (letter, facts) => letter + stringify({ __proto__: null, ...facts });
  const check = (key, value) => {
    const what = notJson(value);
    if (what !== null) throw (found = { what, key });
    return value;
  };
  let hole = 0;
  try {
    const { isTemplate, scope, texts, limit } = parse(job);
    for (const key of keys(scope)) {
      defineProperty(globalThis, key, { value: scope[key], writable: true, enumerable: true, configurable: true });
    }
    let result;
    if (isTemplate) {
      result = '';
      for (; hole < texts.length; hole++) {
        result += texts[hole];
        if (hole >= functions.length) continue;
        const value = functions[hole]();
        if (value === undefined || value === null) return report('u', { hole, what: text(value) });
        check('', value);
        result += typeof value === 'object' ? stringify(value, check, 2) : text(value);
        if (result.length > limit) return report('s', { length: result.length });
      }
    } else {
      result = functions[0]();
    }
    const out = stringify(result, check) ?? 'null';
    return out.length > limit ? report('s', { length: out.length }) : 'v' + out;
  } catch (thrown) {
    if (found !== null) return report('r', { what: found.what, key: slice(text(found.key), 0, 100), hole });
    const { name, text: shown, stack } = describe(thrown);
    return report('t', { name: slice(name, 0, 100), text: slice(shown, 0, 1000), stack: slice(stack, 0, 4000), hole });
  }
};
})()`;
