import { EverturnError } from '../contracts/errors.ts';
import type { Evaluation, Job } from './evaluation.ts';
import { createSlots } from './slots.ts';
import { startThread, type WorkerThread } from './worker-thread.ts';

export type { Evaluation } from './evaluation.ts';

/** JavaScript of flows, in QuickJS, in threads that are ended when the time is over. */
export type Sandbox = {
  /** A JSON value. Each evaluation has a separate context. Rejects with the reason of the signal when that aborts. */
  evaluate(evaluation: Evaluation, signal?: AbortSignal): Promise<unknown>;
  /** Refuses running and waiting evaluations. */
  close(): Promise<void>;
};

const least = 24 * 1024 * 1024;

/** Threads start when they are first needed. An idle one does not keep the process alive. */
export const openSandbox = ({ threads = 2 }: { threads?: number } = {}): Sandbox => {
  const all = Array.from({ length: threads }, (): Slot => ({ thread: undefined }));
  const slots = createSlots(all);
  let isClosed = false;
  return {
    async evaluate(evaluation, signal) {
      const job = jobOf(evaluation);
      const slot = await slots.take(signal);
      try {
        if (isClosed) throw closedError();
        return await evaluateAt(slot, job, evaluation.timeMs ?? 10_000, signal);
      } finally {
        slots.give(slot);
      }
    },
    async close() {
      isClosed = true;
      slots.close(closedError());
      await Promise.all(all.map((slot) => slot.thread?.end()));
    },
  };
};

const closedError = (): Error => new Error('The sandbox is closed');

type Slot = { thread: WorkerThread | undefined };

const evaluateAt = async (slot: Slot, job: Job, timeMs: number, signal?: AbortSignal): Promise<unknown> => {
  signal?.throwIfAborted();
  slot.thread ??= startThread();
  const { thread } = slot;
  let isSpent = true;
  try {
    const outcome = await thread.run(job, timeMs, signal);
    isSpent = outcome.isSpent;
    if ('code' in outcome) throw new EverturnError(outcome.code, outcome.message);
    return JSON.parse(outcome.value);
  } finally {
    if (isSpent) {
      slot.thread = undefined;
      await thread.end();
    }
  }
};

const jobOf = ({
  kind,
  source,
  label,
  scope,
  memoryBytes = 64 * 1024 * 1024,
  outputBytes = 1024 * 1024,
}: Evaluation): Job => ({
  kind,
  source,
  label,
  scope: JSON.stringify(mentioned(scope, source)),
  memoryBytes: Math.max(least, memoryBytes),
  outputBytes,
});

/** What the source cannot read need not be sent. An escape or `globalThis` can name anything. */
const mentioned = (scope: Record<string, unknown>, source: string): Record<string, unknown> =>
  /\\u|globalThis/.test(source)
    ? scope
    : Object.fromEntries(Object.entries(scope).filter(([name]) => source.includes(name)));
