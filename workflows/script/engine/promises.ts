/**
 * Guest code: a Promise that knows which of its promises were rejected and heard by nobody, and which never settle. Those
 * of async functions are the engine's own and are not seen.
 */
export const promises = `((built) => {
'use strict';
const { NativePromise, NativeError, NativeMap, defineProperty, text, slice, then } = built;
const mapSet = Function.prototype.call.bind(NativeMap.prototype.set);
const mapDelete = Function.prototype.call.bind(NativeMap.prototype.delete);
const mapValues = Function.prototype.call.bind(NativeMap.prototype.values);
const pending = new NativeMap();
const rejected = new NativeMap();
const limit = 1000;
/** While we look at a promise ourselves: the one that this makes is of no interest. */
let isOurs = false;

class TrackedPromise extends NativePromise {
  constructor(executor, of) {
    super(executor);
    if (isOurs) return;
    isOurs = true;
    if (pending.size < limit) mapSet(pending, this, of ?? { stack: slice(text(new NativeError().stack), 0, 2000) });
    then(this, () => { mapDelete(pending, this); }, (error) => {
      mapDelete(pending, this);
      if (!this.isHeard && rejected.size < limit) mapSet(rejected, this, error);
    });
    isOurs = false;
  }
  then(fulfilled, failed) {
    defineProperty(this, 'isHeard', { value: true, configurable: true });
    mapDelete(rejected, this);
    return then(this, fulfilled, failed);
  }
}
defineProperty(TrackedPromise, 'name', { value: 'Promise' });
defineProperty(TrackedPromise, Symbol.hasInstance, { value: (value) => {
  try { return typeof value === 'object' && value !== null && (NativePromise.prototype.isPrototypeOf(value)); } catch { return false; }
} });
globalThis.Promise = TrackedPromise;
const first = (values) => { for (const value of values) return { value }; return null; };
return {
  TrackedPromise,
  /** What the oldest promise that was rejected unheard was rejected with. */
  unheard: () => first(mapValues(rejected)),
  /** Where the oldest promise that has not settled was made. */
  unsettled: () => first(mapValues(pending))?.value ?? null,
};
})`;
