import { Lifetime, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten-core';
import { type ModuleLoader, open } from './open.ts';
import { type Address, trackRejections } from './rejections.ts';
import { EngineStopped, GuestError, limitOf, limitReached } from './stopped.ts';

const pageBytes = 65_536;
/** What the module asks for at its start. */
const initialPages = 256;
const stackBytes = 256 * 1024;
/** Calls of the interrupt handler within one step, each after some 10,000 branches: a second or two of computing. */
const maxTicks = 1500;
/** An async function that is interrupted rejects its promise, and its caller continues: not for long. */
const ticksOfGrace = 20;
/** Jobs of promises within one step. */
const maxJobs = 150_000;
const jobsAtOnce = 500;
/** Once the script has ended: a rejection that nobody hears may still come. */
const jobsAfterEnd = 2000;

export type Vm = {
  /** Evaluates code and gives its value. Throws {@link GuestError} for what the code throws. */
  evaluate(code: string, file: string): QuickJSHandle;
  text(value: string): QuickJSHandle;
  number(value: number): QuickJSHandle;
  function(name: string, body: (text: string, more: string) => void): QuickJSHandle;
  property(handle: QuickJSHandle, name: string): QuickJSHandle;
  /** Calls a function of the guest and gives what it returns. The arguments are gone afterwards. */
  apply(target: QuickJSHandle, args: readonly QuickJSHandle[]): QuickJSHandle;
  /** Calls a function of the guest, then all that waits to be run. Gives a text that it returned, if it did. */
  call(target: QuickJSHandle, args: readonly QuickJSHandle[], hasEnded?: () => boolean): string | undefined;
  /** What the oldest promise was rejected with that nobody has heard of. */
  unheard(): QuickJSHandle | null;
  memoryBytes(): number;
  /** Its memory has grown as far as it can. */
  isFull(): boolean;
};

/**
 * An engine with a fixed maximum of memory and a limit that counts instructions: a clock would not replay. Instantiated
 * synchronously from a module that was compiled before. It is never disposed of: all that it holds is in its own memory,
 * which goes with it.
 */
export const createVm = async (
  wasm: WebAssembly.Module,
  moduleLoader: ModuleLoader,
  memoryBytes: number,
): Promise<Vm> => {
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: Math.floor(memoryBytes / pageBytes) });
  const { quickjs, ffi, emscripten, table } = await open(wasm, moduleLoader, memory);
  const newRuntime = ffi.QTS_NewRuntime;
  let address: ReturnType<typeof newRuntime> | undefined;
  ffi.QTS_NewRuntime = () => {
    address = newRuntime();
    return address;
  };
  const runtime = quickjs.newRuntime({
    memoryLimitBytes: Math.floor((memoryBytes / 4) * 3),
    maxStackSizeBytes: stackBytes,
  });
  if (address === undefined) throw new Error('The engine made no runtime');
  const unheard = trackRejections({
    memory,
    table,
    runtime: address,
    setInterruptHandler: () => runtime.setInterruptHandler(() => false),
    scratch: emscripten._malloc(8) as Address,
    adopt(owner, from) {
      const copy = (value: Address) => ffi.QTS_DupValuePointer(owner, value);
      const own = copy(from);
      return own === 0 ? null : new Lifetime(own, copy, (value) => ffi.QTS_FreeValuePointer(owner, value), runtime);
    },
  });
  let ticks = 0;
  emscripten.callbacks.shouldInterrupt = () => {
    ticks += 1;
    if (ticks > maxTicks + ticksOfGrace) throw new EngineStopped(limitReached.tooLong);
    return ticks > maxTicks ? 1 : 0;
  };
  const context: QuickJSContext = runtime.newContext();
  const isFull = (): boolean => memory.buffer.byteLength > (memoryBytes / 4) * 3;

  /** What is thrown to the guest from a function of ours may be caught there. */
  let stop: EngineStopped | undefined;

  const guarded = <T>(work: () => T): T => {
    ticks = 0;
    try {
      const result = work();
      if (stop) throw stop;
      if (ticks > maxTicks) throw new EngineStopped(limitReached.tooLong);
      return result;
    } catch (error) {
      // Traps of the module: memory ran out in a place that cannot say so; the stack of the thread is full.
      if (error instanceof WebAssembly.RuntimeError) throw new EngineStopped(limitReached.tooMuch);
      if (error instanceof RangeError) throw new EngineStopped(limitReached.tooDeep);
      throw error;
    }
  };

  const readText = (handle: QuickJSHandle, name: string): string => {
    const property = context.getProp(handle, name);
    const value = context.typeof(property) === 'string' ? context.getString(property) : '';
    property.dispose();
    return value;
  };

  const raise = (error: QuickJSHandle): never => {
    const isObject = context.typeof(error) === 'object' && !context.eq(error, context.null);
    const [name, message, stack] = isObject
      ? (['name', 'message', 'stack'].map((part) => readText(error, part)) as [string, string, string])
      : ['', context.getString(error), ''];
    error.dispose();
    const limit = limitOf({ name, message }, isFull());
    if (limit !== null) throw new EngineStopped(limit, stack.slice(0, 4000));
    throw new GuestError(name, message.slice(0, 2000), stack.slice(0, 4000));
  };

  const apply = (target: QuickJSHandle, args: readonly QuickJSHandle[]): QuickJSHandle => {
    const result = context.callFunction(target, context.undefined, ...args);
    for (const arg of args) arg.dispose();
    return result.error ? raise(result.error) : result.value;
  };

  const runJobs = (hasEnded: () => boolean): void => {
    let left = maxJobs;
    while (runtime.hasPendingJob()) {
      if (left <= 0 && hasEnded()) return;
      if (left <= 0) throw new EngineStopped(limitReached.tooManyJobs);
      if (hasEnded()) left = Math.min(left, jobsAfterEnd);
      const jobs = runtime.executePendingJobs(jobsAtOnce);
      if (jobs.error) raise(jobs.error);
      jobs.dispose();
      left -= jobsAtOnce;
    }
  };

  return {
    evaluate: (code, file) =>
      guarded(() => {
        const result = context.evalCode(code, file, { strict: true });
        return result.error ? raise(result.error) : result.value;
      }),
    text(value) {
      const made = context.newString(value);
      if (context.typeof(made) !== 'string') throw new EngineStopped(limitReached.tooMuch);
      return made;
    },
    number: (value) => context.newNumber(value),
    function: (name, body) =>
      context.newFunction(name, (text, more) => {
        const given = context.getString(text);
        const isMore = context.typeof(more) === 'string';
        const json = isMore ? context.getString(more) : '';
        // Nothing that is said is empty: there was no room for a copy.
        if (given === '' || (isMore && json === '')) {
          stop = new EngineStopped(limitReached.tooMuch);
          throw stop;
        }
        body(given, json);
      }),
    property: (handle, name) => context.getProp(handle, name),
    apply: (target, args) => guarded(() => apply(target, args)),
    call: (target, args, hasEnded = () => false) =>
      guarded(() => {
        const value = apply(target, args);
        const text = context.typeof(value) === 'string' ? context.getString(value) : undefined;
        value.dispose();
        runJobs(hasEnded);
        return text;
      }),
    unheard,
    memoryBytes: () => memory.buffer.byteLength,
    isFull,
  };
};
