import type { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { EngineStopped, limitReached } from './stopped.ts';

/** Of a value. */
export type Address = QuickJSHandle['value'];
type ContextAddress = Parameters<QuickJSFFI['QTS_NewObject']>[0];

/** `(func (param i32 i64 i64 i32 i32))`, imported and exported again: makes a function that a table can hold. */
const trampoline = new WebAssembly.Module(
  new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9, 1, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0, 2, 7, 1, 1, 0x65, 1, 0x66, 0, 0,
    7, 5, 1, 1, 0x66, 0, 0,
  ]),
);

/** What a runtime's struct is searched through, in words. */
const structWords = 256;
/** From the interrupt handler: its opaque pointer, then the rejection tracker. */
const wordsToTracker = 2;
/** At a time. */
const maxUnheard = 10_000;
/** What they were rejected with is kept of the first so many. */
const maxReasons = 100;

type Input = {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table;
  /** Address of the runtime. */
  runtime: number;
  /** Sets the interrupt handler of the runtime: the word that changes is its address. */
  setInterruptHandler(): void;
  /** Eight bytes of the engine's memory. */
  scratch: Address;
  /** Gives a value of its own for the one at an address. */
  adopt(context: ContextAddress, address: Address): QuickJSHandle | null;
};

/**
 * The engine tells which promises are rejected before anyone listens, and which of those are heard later: of all
 * promises, those of async functions too. The library does not pass that on, so the pointer to the tracker is written
 * into the runtime's struct, next to the interrupt handler. Gives a function that says what the oldest promise was rejected
 * with that nobody has heard of.
 */
export const trackRejections = (input: Input): (() => QuickJSHandle | null) => {
  const { memory, table, runtime, setInterruptHandler, scratch, adopt } = input;
  /** By the address of the promise, which is used again once the promise is gone: then the last one is meant. */
  const unheard = new Map<bigint, (QuickJSHandle | null)[]>();
  let count = 0;

  const forget = (promise: bigint): void => {
    const reasons = unheard.get(promise);
    if (!reasons) return;
    reasons.pop()?.dispose();
    if (reasons.length === 0) unheard.delete(promise);
    count -= 1;
  };

  const track = (context: ContextAddress, promise: bigint, reason: bigint, isHandled: number): void => {
    if (isHandled !== 0) {
      forget(promise);
      return;
    }
    if (count >= maxUnheard) throw new EngineStopped(limitReached.tooManyRejections);
    count += 1;
    new BigInt64Array(memory.buffer, scratch, 1)[0] = reason;
    const kept = count <= maxReasons ? adopt(context, scratch) : null;
    const reasons = unheard.get(promise);
    if (reasons) reasons.push(kept);
    else unheard.set(promise, [kept]);
  };

  const words = (): Uint32Array => new Uint32Array(memory.buffer, runtime, structWords);
  const before = words().slice();
  setInterruptHandler();
  const changed = [...words().keys()].filter((index) => words()[index] !== before[index]);
  const [handler] = changed;
  if (changed.length !== 1 || handler === undefined || words()[handler + wordsToTracker] !== 0) {
    throw new Error('The engine keeps its interrupt handler in another place than before');
  }
  const { exports } = new WebAssembly.Instance(trampoline, { e: { f: track } });
  const slot = table.grow(1);
  table.set(slot, exports.f);
  words()[handler + wordsToTracker] = slot;

  return () => {
    for (const reasons of unheard.values()) {
      const kept = reasons.find((reason) => reason !== null);
      if (kept) return kept.dup();
    }
    return null;
  };
};
