import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';

type ModuleLoader = Awaited<ReturnType<QuickJSSyncVariant['importModuleLoader']>>;

const pageBytes = 65_536;
/** What the module asks for at its start. */
const initialPages = 256;
const stackBytes = 256 * 1024;
/** Calls of the interrupt handler within one step, each after some 10,000 branches: a second or two of computing. */
const mostTicks = 4000;

/** The engine gave up: for time, for memory, or in an assertion of its own. Nothing of it can be used any more. */
export class EngineStopped extends Error {
  override readonly name = 'EngineStopped';
}

export type Vm = {
  /** Evaluates code and gives its value. Throws {@link GuestError} for what the code throws. */
  evaluate(code: string, file: string): QuickJSHandle;
  text(value: string): QuickJSHandle;
  number(value: number): QuickJSHandle;
  function(name: string, body: (text: string) => void): QuickJSHandle;
  property(of: QuickJSHandle, name: string): QuickJSHandle;
  /** Calls a function of the guest and gives what it returns. The arguments are gone afterwards. */
  apply(target: QuickJSHandle, args: readonly QuickJSHandle[]): QuickJSHandle;
  /** Calls a function of the guest, then all that waits to be run. Gives a text that it returned, if it did. */
  call(target: QuickJSHandle, args: readonly QuickJSHandle[]): string | undefined;
  memoryBytes(): number;
};

/** What code threw before its first await: `stack` names lines of the code as it was given. */
export class GuestError extends Error {
  override readonly name: string;
  override readonly stack: string;

  constructor(name: string, message: string, stack: string) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

/**
 * An engine with a fixed maximum of memory and a limit that counts instructions: a clock would not replay. Instantiated
 * synchronously from a module that was compiled before. It is never disposed of: all that it holds lies in its own memory,
 * which goes with it.
 */
export const createVm = async (
  wasm: WebAssembly.Module,
  moduleLoader: ModuleLoader,
  memoryBytes: number,
): Promise<Vm> => {
  const wasmMemory = new WebAssembly.Memory({ initial: initialPages, maximum: Math.floor(memoryBytes / pageBytes) });
  const variant: QuickJSSyncVariant = {
    type: 'sync',
    importFFI: async () => QuickJSFFI,
    importModuleLoader: async () => moduleLoader,
  };
  const emscriptenModule = {
    instantiateWasm(imports: WebAssembly.Imports, ready: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      ready(instance);
      return instance.exports;
    },
  };
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory, emscriptenModule }));
  const runtime: QuickJSRuntime = quickjs.newRuntime({
    memoryLimitBytes: Math.floor((memoryBytes / 4) * 3),
    maxStackSizeBytes: stackBytes,
  });
  let ticks = 0;
  runtime.setInterruptHandler(() => ++ticks > mostTicks);
  const context: QuickJSContext = runtime.newContext();

  const stopped = (): EngineStopped =>
    new EngineStopped(
      ticks > mostTicks
        ? 'The script computed for too long without an await that takes time. Do less in one step, or ask an agent or a tool'
        : 'The script needs more memory than it may take (64 MB). Keep less of it at once',
    );

  const guarded = <T>(work: () => T): T => {
    ticks = 0;
    try {
      const result = work();
      if (ticks > mostTicks) throw stopped();
      return result;
    } catch (error) {
      // An abort of the module itself: out of memory in a place that cannot say so.
      throw error instanceof GuestError || error instanceof EngineStopped ? error : stopped();
    }
  };

  const readText = (handle: QuickJSHandle, name: string): string => {
    const property = context.getProp(handle, name);
    const value = context.typeof(property) === 'string' ? context.getString(property) : '';
    property.dispose();
    return value;
  };

  const raise = (error: QuickJSHandle): never => {
    const isObject = context.typeof(error) === 'object';
    const [name, message, stack] = isObject
      ? (['name', 'message', 'stack'].map((part) => readText(error, part)) as [string, string, string])
      : ['', String(context.dump(error)).slice(0, 1000), ''];
    error.dispose();
    if (name === 'InternalError' && message === 'interrupted') throw stopped();
    throw new GuestError(name, message.slice(0, 2000), stack.slice(0, 4000));
  };

  const apply = (target: QuickJSHandle, args: readonly QuickJSHandle[]): QuickJSHandle => {
    const result = context.callFunction(target, context.undefined, ...args);
    for (const arg of args) arg.dispose();
    return result.error ? raise(result.error) : result.value;
  };

  const runJobs = (): void => {
    const jobs = runtime.executePendingJobs();
    if (jobs.error) raise(jobs.error);
    jobs.dispose();
  };

  return {
    evaluate: (code, file) =>
      guarded(() => {
        const result = context.evalCode(code, file, { strict: true });
        return result.error ? raise(result.error) : result.value;
      }),
    text: (value) => context.newString(value),
    number: (value) => context.newNumber(value),
    function: (name, body) => context.newFunction(name, (text) => body(context.getString(text))),
    property: (of, name) => context.getProp(of, name),
    apply: (target, args) => guarded(() => apply(target, args)),
    call: (target, args) =>
      guarded(() => {
        const value = apply(target, args);
        const text = context.typeof(value) === 'string' ? context.getString(value) : undefined;
        value.dispose();
        runJobs();
        return text;
      }),
    memoryBytes: () => wasmMemory.buffer.byteLength,
  };
};
