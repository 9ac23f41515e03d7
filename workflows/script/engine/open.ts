import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { EngineStopped, limitReached } from './stopped.ts';
import { tableName } from './wasm-table.ts';

export type ModuleLoader = Awaited<ReturnType<QuickJSSyncVariant['importModuleLoader']>>;
type Emscripten = ConstructorParameters<typeof QuickJSFFI>[0];

/** Each allocation that fails asks up to four times: a script that catches its first errors of this kind has been told. */
const maxRefusals = 64;

/**
 * An instance of the engine with its low-level parts, which the library makes and keeps to itself: they are taken as they
 * pass by.
 */
export const open = async (wasm: WebAssembly.Module, moduleLoader: ModuleLoader, wasmMemory: WebAssembly.Memory) => {
  let refusals = 0;
  const grow = wasmMemory.grow.bind(wasmMemory);
  wasmMemory.grow = (pages) => {
    refusals += 1;
    const before = grow(pages);
    refusals -= 1;
    return before;
  };
  /** The library hears a refusal as an error that it drops: the way out is where it comes back to the engine. */
  const watched = (imports: WebAssembly.Imports): WebAssembly.Imports =>
    Object.fromEntries(
      Object.entries(imports).map(([module, parts]) => [
        module,
        Object.fromEntries(
          Object.entries(parts).map(([name, part]) => {
            if (typeof part !== 'function') return [name, part];
            const called = (...args: unknown[]): unknown => {
              const result: unknown = part(...args);
              if (refusals > maxRefusals) throw new EngineStopped(limitReached.tooMuch);
              return result;
            };
            return [name, called];
          }),
        ),
      ]),
    );

  let table: WebAssembly.ExportValue | undefined;
  let ffi: QuickJSFFI | undefined;
  let emscripten: Emscripten | undefined;

  class Ffi extends QuickJSFFI {
    constructor(module: Emscripten) {
      super(module);
      ffi = this;
      emscripten = module;
      const allocate = module._malloc;
      // The library does not look: it would write to the address 0.
      module._malloc = (bytes) => {
        const address = allocate(bytes);
        if (address === 0) throw new EngineStopped(limitReached.tooMuch);
        return address;
      };
    }
  }
  const variant: QuickJSSyncVariant = {
    type: 'sync',
    importFFI: async () => Ffi,
    importModuleLoader: async () => moduleLoader,
  };
  const emscriptenModule = {
    instantiateWasm(imports: WebAssembly.Imports, ready: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, watched(imports));
      table = instance.exports[tableName];
      ready(instance);
      return instance.exports;
    },
    // What an abort says comes back as an error too.
    printErr() {},
  };
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory, emscriptenModule }));
  if (!ffi || !emscripten || !(table instanceof WebAssembly.Table)) throw new Error('The engine lacks a part');
  return { quickjs, ffi, emscripten, table };
};
