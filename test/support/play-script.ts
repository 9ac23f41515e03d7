import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import moduleLoader from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import type { ScriptCall } from '../../contracts/calls.ts';
import { type Budget, type CompiledScript, scriptLimits } from '../../contracts/script.ts';
import type { Ending } from '../../workflows/script/engine/endings.ts';
import { createEngine, type Engine, type Heard, type Limits } from '../../workflows/script/engine/engine.ts';
import { createVm } from '../../workflows/script/engine/vm.ts';
import { withTable } from '../../workflows/script/engine/wasm-table.ts';

const wasm = new WebAssembly.Module(
  withTable(readFileSync(fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')))),
);

/** The body of a script as the compiler leaves it: line n + 1 is line n. */
export const scriptOf = (body: string, file = 'test.js'): CompiledScript => ({
  meta: { name: 'test', description: 'A test', phases: [] },
  file,
  code: `(async ({ args, meta, workflow }) => {\n${body}\n})`,
});

export const completed = (output: unknown, spent: { tokens?: number; dollars?: number } = {}): Heard => ({
  status: 'completed',
  output,
  code: null,
  reason: null,
  tokens: 0,
  dollars: 0,
  ...spent,
});

export const failedCall = (reason: string, code = 'step_failed'): Heard => ({
  status: 'failed',
  output: null,
  code,
  reason,
  tokens: 0,
  dollars: 0,
});

type Options = { args?: unknown; budget?: Budget; limits?: Limits; file?: string };

export const openEngine = async (body: string, { args, budget, limits, file }: Options = {}): Promise<Engine> =>
  createEngine({
    vm: await createVm(wasm, moduleLoader, scriptLimits.memoryBytes),
    script: scriptOf(body, file),
    args: args === undefined ? undefined : JSON.stringify(args),
    budget: budget ?? null,
    ...(limits ? { limits } : {}),
  });

export type Played = { ending: Ending; calls: ScriptCall[]; lines: string[]; value: unknown; memoryBytes: number };

/** Runs a script to its end; `answer` says how each call ends. Default: agents give their prompt in capitals. */
export const play = async (
  body: string,
  {
    answer = ({ params }) => completed(String(params.prompt ?? '').toUpperCase()),
    ...options
  }: Options & {
    answer?: (call: ScriptCall, place: number) => Heard;
  } = {},
): Promise<Played> => {
  const engine = await openEngine(body, options);
  const calls: ScriptCall[] = [];
  const lines: string[] = [];
  engine.start();
  for (;;) {
    lines.push(...engine.takeLines().map(({ kind, text }) => (kind === 'phase' ? `# ${text}` : text)));
    const asked = engine.takeCalls();
    if (asked.length === 0 || engine.ending()) break;
    for (const call of asked) {
      calls.push(call);
      engine.settle(call.id, answer(call, calls.length - 1));
    }
  }
  lines.push(...engine.takeLines().map(({ text }) => text));
  const ending = engine.ending();
  if (!ending) throw new Error('The script has not ended');
  const memoryBytes = engine.memoryBytes();
  return {
    ending,
    calls,
    lines,
    value: ending.status === 'completed' ? JSON.parse(ending.result) : undefined,
    memoryBytes,
  };
};
