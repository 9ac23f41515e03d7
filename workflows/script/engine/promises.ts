/**
 * Guest code: `Promise` as a script has it, which notes where promises are made that have not settled. Its prototype stays
 * the engine's own, so that the promises of async functions are such promises too.
 */
export const promises = `((built) => {
'use strict';
const { NativePromise, NativeError, NativeTypeError, NativeSet, defineProperty, ownKeys, descriptorOf, construct, apply } = built;
const add = built.method(NativeSet.prototype.add);
const remove = built.method(NativeSet.prototype.delete);
const sizeOf = built.method(descriptorOf(NativeSet.prototype, 'size').get);
const forEach = built.method(NativeSet.prototype.forEach);
const pending = new NativeSet();
const maxPending = 1000;

const TrackedPromise = function Promise(executor) {
  if (new.target === undefined) throw new NativeTypeError('Promise must be called with new');
  if (typeof executor !== 'function' || sizeOf(pending) >= maxPending) return construct(NativePromise, [executor], new.target);
  const made = { __proto__: null, stack: new NativeError().stack };
  add(pending, made);
  return construct(NativePromise, [(resolve, reject) => executor(
    (value) => { remove(pending, made); resolve(value); },
    (error) => { remove(pending, made); reject(error); },
  )], new.target);
};
for (const key of ownKeys(NativePromise)) {
  if (key !== 'length' && key !== 'name') defineProperty(TrackedPromise, key, descriptorOf(NativePromise, key));
}
// They settle at once, or follow a promise that is noted itself.
for (const name of ['resolve', 'reject']) {
  const settle = NativePromise[name];
  defineProperty(TrackedPromise, name, { value: { [name](value) { return apply(settle, this === TrackedPromise ? NativePromise : this, [value]); } }[name], writable: true, configurable: true });
}
globalThis.Promise = TrackedPromise;

return {
  /** Where those promises were made, the oldest first. */
  unsettled: () => {
    let stacks = '';
    forEach(pending, (made) => { if (stacks.length < 20000) stacks += made.stack + '\\n\\n'; });
    return stacks;
  },
};
})`;
