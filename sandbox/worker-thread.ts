import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../contracts/errors.ts';
import type { Job } from './evaluation.ts';
import { memoryFailure, timeFailure } from './failure.ts';

/** `isSpent`: the thread must do nothing more. */
export type Outcome = ({ value: string } | { code: ErrorCode; message: string }) & { isSpent: boolean };

export type WorkerThread = {
  /** One at a time. When it rejects the thread is gone: it was too late, aborted, or a defect. */
  run(job: Job, timeMs: number, signal?: AbortSignal): Promise<Outcome>;
  end(): Promise<void>;
};

let compiled: WebAssembly.Module | undefined;

/** Compiled once per process and shared by its threads. */
const compiledEngine = (): WebAssembly.Module => {
  compiled ??= new WebAssembly.Module(
    readFileSync(new URL(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'))),
  );
  return compiled;
};

/** The stack is far above what the engine's own limit needs here; the heap holds only texts on their way. */
const resourceLimits = { stackSizeMb: 16, maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** The longest that a timer can wait. */
const maxMs = 2 ** 31 - 1;

type Current = { begin(): void; resolve(outcome: Outcome): void; reject(error: unknown): void };

export const startThread = (): WorkerThread => {
  const worker = new Worker(path.join(import.meta.dirname, `thread${path.extname(import.meta.filename)}`), {
    workerData: { wasm: compiledEngine() },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits,
  });
  let isReady = false;
  let death: Error | undefined;
  let current: Current | undefined;
  const die = (error: Error): void => {
    death ??= error;
    current?.reject(death);
  };
  worker.on('message', (message: 'ready' | Outcome) => {
    if (message !== 'ready') return current?.resolve(message);
    isReady = true;
    current?.begin();
  });
  worker.on('error', die);
  worker.on('exit', () => die(new Error('The thread of the sandbox has ended')));

  return {
    async run(job, timeMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      let timer: NodeJS.Timeout | undefined;
      // An answer that came while this process was busy is taken first: it is read between a timer and an immediate.
      const late = (): unknown => setImmediate(() => reject(timeFailure(job, timeMs)));
      const begin = (): void => {
        worker.postMessage(job);
        timer = setTimeout(late, Math.min(timeMs, maxMs));
      };
      const abort = (): void => reject(signal?.reason);
      current = { begin, resolve, reject };
      signal?.addEventListener('abort', abort, { once: true });
      worker.ref();
      if (death) reject(death);
      else if (isReady) begin();
      try {
        return await promise;
      } catch (error) {
        await worker.terminate();
        throw isHeapFull(error) ? memoryFailure(job) : error;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        current = undefined;
        worker.unref();
      }
    },
    async end() {
      await worker.terminate();
    },
  };
};

const isHeapFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
