import type { SSEMessage } from '@fastify/sse';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Listener } from '../../store/wakeups.ts';
import { createWaiter } from './waiter.ts';

/** A reader looks again after so long even when nobody woke it: a lost wake-up only delays. */
const patienceMs = 2000;

const pageSize = 500;

export const EventQuery = z.object({ after: z.coerce.number().int().nonnegative().optional() });

/** A stream that can be followed from any position. */
export type Followed = {
  stream: string;
  position(): Promise<number>;
  /** What a viewer needs before it tails from `position`. */
  snapshot(): Promise<{ position: number; data: object }>;
  /** In order. */
  read(after: number, limit: number): Promise<{ position: number }[]>;
};

/** Everything after a position, and for ever what comes next. */
async function* tail(listener: Listener, followed: Followed, after: number, signal: AbortSignal) {
  const waiter = createWaiter(signal);
  const unsubscribe = listener.subscribe(followed.stream, waiter.wake);
  try {
    let position = after;
    while (!signal.aborted) {
      const events = await followed.read(position, pageSize);
      for (const event of events) {
        yield { id: String(event.position), event: 'event', data: event } satisfies SSEMessage;
      }
      position = events.at(-1)?.position ?? position;
      if (events.length < pageSize) await waiter.wait(patienceMs);
    }
  } finally {
    unsubscribe();
  }
}

/** From a position the stream has had, else from a snapshot. */
async function* follow(
  listener: Listener,
  followed: Followed,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<SSEMessage> {
  const isKnown = after !== undefined && after <= (await followed.position());
  if (isKnown) return yield* tail(listener, followed, after, signal);
  const { position, data } = await followed.snapshot();
  yield { id: String(position), event: 'snapshot', data };
  yield* tail(listener, followed, position, signal);
}

/** Answers with the stream until the viewer leaves. What the viewer saw last wins over the query. */
export const sendFollowed = async (
  reply: FastifyReply,
  listener: Listener,
  followed: Followed,
  query: z.output<typeof EventQuery>,
): Promise<void> => {
  const closed = new AbortController();
  reply.sse.onClose(() => closed.abort());
  const last = reply.sse.lastEventId;
  const after = last !== null && /^\d+$/.test(last) ? Number(last) : query.after;
  reply.sse.sendHeaders();
  await reply.sse.send(follow(listener, followed, after, closed.signal));
};
