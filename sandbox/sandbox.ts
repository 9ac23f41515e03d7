import { EverturnError } from '../contracts/errors.ts';
import type { Evaluation, Job } from './evaluation.ts';
import { createSeats } from './seats.ts';
import { startThread, type WorkerThread } from './worker-thread.ts';

export type { Evaluation } from './evaluation.ts';

/** JavaScript of flows, in QuickJS, in threads that are ended when the time is over. */
export type Sandbox = {
  /** A JSON value. Each evaluation has a context of its own. Rejects with the reason of the signal when that aborts. */
  evaluate(evaluation: Evaluation, signal?: AbortSignal): Promise<unknown>;
  /** What runs and what waits is refused. */
  close(): Promise<void>;
};

const least = 24 * 1024 * 1024;

/** Threads start when they are first needed. An idle one does not keep the process alive. */
export const openSandbox = ({ threads = 2 }: { threads?: number } = {}): Sandbox => {
  const places = Array.from({ length: threads }, (): Place => ({ thread: undefined }));
  const seats = createSeats(places);
  let isClosed = false;
  return {
    async evaluate(evaluation, signal) {
      const job = jobOf(evaluation);
      const place = await seats.take(signal);
      try {
        if (isClosed) throw closedError();
        return await evaluateAt(place, job, evaluation.timeMs ?? 10_000, signal);
      } finally {
        seats.give(place);
      }
    },
    async close() {
      isClosed = true;
      seats.close(closedError());
      await Promise.all(places.map((place) => place.thread?.end()));
    },
  };
};

const closedError = (): Error => new Error('The sandbox is closed');

type Place = { thread: WorkerThread | undefined };

const evaluateAt = async (place: Place, job: Job, timeMs: number, signal?: AbortSignal): Promise<unknown> => {
  signal?.throwIfAborted();
  place.thread ??= startThread();
  const { thread } = place;
  let isSpent = true;
  try {
    const outcome = await thread.run(job, timeMs, signal);
    isSpent = outcome.isSpent;
    if ('code' in outcome) throw new EverturnError(outcome.code, outcome.message);
    return JSON.parse(outcome.value);
  } finally {
    if (isSpent) {
      place.thread = undefined;
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
