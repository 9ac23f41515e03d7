import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { snapshotMessage } from './message.ts';
import { type StreamReader, sharedPage } from './reader.ts';
import { writeText } from './write-text.ts';

export const EventQuery = z.object({ after: z.coerce.number().int().nonnegative().optional() });

/** A stream that can be followed from any position. */
export type Followed = {
  stream: string;
  /** What a viewer needs before it tails from `position`. */
  snapshot(): Promise<{ position: number; data: object }>;
};

/** From a position the stream has had, otherwise from a snapshot. */
export async function* follow(
  reader: StreamReader,
  { stream, snapshot }: Followed,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const end = after === undefined ? 0 : await reader.position(stream);
  if (after !== undefined && after <= end) {
    return yield* reader.tail({ stream, after }, end - after >= sharedPage, signal);
  }
  const { position, data } = await snapshot();
  yield snapshotMessage(position, data);
  yield* reader.tail({ stream, after: position }, false, signal);
}

/**
 * Answers with the stream until the viewer leaves. What the viewer saw last wins over the query. The plugin sends the
 * head and the heartbeat; messages are written as text here, because viewers share it.
 */
export const sendFollowed = async (
  reply: FastifyReply,
  reader: StreamReader,
  followed: Followed,
  query: z.output<typeof EventQuery>,
): Promise<void> => {
  const closed = new AbortController();
  reply.sse.onClose(() => closed.abort());
  if (!reply.sse.isConnected) return;
  const last = reply.sse.lastEventId;
  // No stream comes to a position that a number cannot hold: it is unknown, as any that is too high.
  const seen = last !== null && /^\d+$/.test(last) ? Number(last) : query.after;
  const after = Number.isSafeInteger(seen) ? seen : undefined;
  reply.sse.sendHeaders();
  for await (const text of follow(reader, followed, after, closed.signal)) {
    await writeText(reply.raw, text, closed.signal);
  }
};
