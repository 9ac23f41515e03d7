import { dates } from './dates.ts';
import { locale } from './locale/locale.ts';
import { web } from './web/web.ts';

/**
 * Guest code, run first: takes away what a script that is replayed must not have, and says what to do instead. Gives the
 * built-ins as they were, because the script may change them.
 */
export const guards = `(() => {
'use strict';
const NativePromise = Promise, NativeError = Error, NativeTypeError = TypeError;
const { defineProperty, getPrototypeOf, keys, freeze } = Object;
const { construct, apply, ownKeys } = Reflect;
const again = 'a script runs again from its start after a crash and must do the same';
const refuse = (what, advice) => { throw new NativeError(what + ' is not available in a script: ' + advice); };

const noClock = (what) => refuse(what, again + '. Pass the time in args, or ask an agent or tool() for it; sleep(seconds) waits');
(${dates})(noClock);
Math.random = () => refuse('Math.random()', again + '. Pass a seed in args, or vary the prompt by the index of the item');

const NoFunction = function Function() { refuse('Code made from text', 'write the code itself'); };
NoFunction.prototype = Function.prototype;
for (const made of [() => {}, function* () {}, async () => {}, async function* () {}]) {
  defineProperty(getPrototypeOf(made), 'constructor', { value: NoFunction });
}
globalThis.Function = NoFunction;
globalThis.eval = () => refuse('eval', 'write the code itself');
delete globalThis.SharedArrayBuffer;

(${locale})();
(${web})();
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const method = (of) => uncurry(of);
return {
  NativePromise, NativeError, NativeTypeError, defineProperty, keys, freeze, apply, construct, ownKeys, method,
  descriptorOf: Object.getOwnPropertyDescriptor,
  parse: JSON.parse, stringify: JSON.stringify, text: String, isArray: Array.isArray, isFinite: Number.isFinite,
  max: Math.max,
  isPrototypeOf: method(Object.prototype.isPrototypeOf),
  slice: method(String.prototype.slice),
  then: method(NativePromise.prototype.then),
  NativeMap: Map, NativeSet: Set,
};
})()`;
