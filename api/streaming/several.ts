import type { Writable } from 'node:stream';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { maxFollowed, placeOf } from '../../contracts/place.ts';
import { toProblem } from '../plugins/problem.ts';
import { type Followed, follow } from './follow.ts';
import { createLine } from './line.ts';
import { placeMessage, refusedMessage } from './message.ts';
import type { StreamReader } from './reader.ts';

const StreamPlace = z.string().regex(/^(?:session|run)\/[^@/]{1,300}(?:@\d{1,15})?$/, {
  error: 'is neither session/ID nor run/ID, each with or without @POSITION',
});

/** `follow`: streams whose events come too. Each begins with a snapshot, or continues after the position behind its @. */
export const SeveralQuery = z.object({
  follow: z.union([StreamPlace, z.array(StreamPlace).max(maxFollowed)]).default([]),
});

type Several = {
  reader: StreamReader;
  response: Writable;
  /** Of a stream by name. Throws if there is none. */
  find(stream: string): Promise<Followed>;
  /** What comes beside the streams, as messages. */
  beside: AsyncIterable<string>;
};

/**
 * Sends several streams through one response until it is closed. Before each text comes the number of the stream that it is
 * of, in the order of the query. One that cannot be followed reports that and does not affect the others; every other failure ends
 * all, and the viewer resumes each one from its own position.
 */
export const sendSeveral = async (
  { reader, response, find, beside }: Several,
  { follow: asked }: z.output<typeof SeveralQuery>,
  closed: AbortController,
): Promise<void> => {
  const { signal } = closed;
  const write = createLine(response, signal);

  const sendOne = async (place: string, index: number): Promise<void> => {
    const { stream, after } = placeOf(place);
    try {
      for await (const text of follow(reader, await find(stream), after, signal)) {
        await write(placeMessage(index) + text);
      }
    } catch (error) {
      if (!(error instanceof EverturnError) || error.retryable) throw error;
      await write(placeMessage(index) + refusedMessage(toProblem(error)));
    }
  };

  const sendBeside = async (): Promise<void> => {
    for await (const text of beside) await write(text);
  };

  try {
    await Promise.all([sendBeside(), ...[asked].flat().map(sendOne)]);
  } finally {
    closed.abort();
  }
};
