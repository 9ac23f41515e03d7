import { readSse } from '../../../client/sse.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import { now } from '../../clock.ts';
import type { OurStack } from '../../ours/stack.ts';
import type { Talk } from '../contestant.ts';

export type OurTalk = Talk & { sessionId: string; onEvent(listener: (event: StreamEvent['event']) => void): void };

/** A client like the console: it sends over HTTP and reads the reply from the event stream. */
export const openOurTalk = async ({ api, workspace }: Pick<OurStack, 'api' | 'workspace'>): Promise<OurTalk> => {
  const { id } = await api.createSession({ workspace });
  const closed = new AbortController();
  const stream = await api.openSessionEvents(id, { signal: closed.signal });
  let listener: (event: StreamEvent['event']) => void = () => {};
  let settled = Promise.withResolvers<number>();

  const read = async (): Promise<void> => {
    for await (const { event: name, data } of readSse(stream)) {
      if (name !== 'event') continue;
      const { event } = JSON.parse(data) as StreamEvent;
      listener(event);
      if (event.type !== 'turn.settled') continue;
      if (event.status === 'completed') settled.resolve(now());
      else settled.reject(new Error(`Turn ${event.turn} ended as ${event.status}: ${event.code}`));
    }
    throw new Error(`The event stream of session ${id} ended`);
  };
  read().catch((error: unknown) => {
    if (closed.signal.aborted) return;
    settled.promise.catch(() => {});
    settled.reject(error);
  });

  return {
    sessionId: id,
    onEvent: (next) => {
      listener = next;
    },
    async turn(text) {
      settled = Promise.withResolvers();
      const startedAt = now();
      const [endedAt] = await Promise.all([settled.promise, api.sendMessage(id, { text })]);
      return { ms: endedAt - startedAt };
    },
    close: async () => closed.abort(),
  };
};
