import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';

/** One WebAssembly instance. A new context for each evaluation; the memory is kept until the instance is dropped. */
export type Engine = {
  memoryBytes: number;
  /** Gives what `use` gives. The context is gone afterwards. */
  withContext<T>(use: (context: QuickJSContext) => T): T;
  /** Half of the memory is taken: it was given once and never goes back. */
  hasGrown(): boolean;
  /** The engine gave up in the middle: nothing of it can be trusted. */
  isBroken(): boolean;
};

/** The package's types are those of its CommonJS form, whose default is one level deeper. */
const releaseSync = variant as unknown as QuickJSSyncVariant;

const pageBytes = 65_536;
/** What the module asks for at its start. */
const initialPages = 256;
/** Of the module's own stack. The thread's stack must be far larger: a frame here is a larger one there. */
const stackBytes = 256 * 1024;

/** The maximum of the memory is the limit that holds; the runtime's own is below it so that most failures are orderly. */
export const createEngine = async (wasm: WebAssembly.Module, memoryBytes: number): Promise<Engine> => {
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: Math.floor(memoryBytes / pageBytes) });
  const quickjs = await newQuickJSWASMModuleFromVariant(
    newVariant(releaseSync, { wasmModule: wasm, wasmMemory: memory }),
  );
  let broken = false;
  return {
    memoryBytes,
    withContext(use) {
      try {
        const runtime = quickjs.newRuntime({ memoryLimitBytes: (memoryBytes / 4) * 3, maxStackSizeBytes: stackBytes });
        const context = runtime.newContext();
        const result = use(context);
        broken = !disposes(() => {
          context.dispose();
          runtime.dispose();
        });
        return result;
      } catch (error) {
        broken = true;
        throw error;
      }
    },
    hasGrown: () => memory.buffer.byteLength > memoryBytes / 2,
    isBroken: () => broken,
  };
};

/** The engine asserts that nothing is left over, which a failure in the middle of a call breaks. */
const disposes = (dispose: () => void): boolean => {
  try {
    dispose();
    return true;
  } catch {
    return false;
  }
};
