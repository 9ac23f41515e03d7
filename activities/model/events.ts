import type { IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Meter } from './meter.ts';

const lingerMs = 1000;

/** Reads a complete reply to its end, so that its connection serves the next request; closes it after a second. */
const release = (body: IncomingMessage): void => {
  const timer = setTimeout(() => body.destroy(), lingerMs);
  // The reply is complete: how its connection ends changes nothing.
  body.on('error', () => {});
  body.once('close', () => clearTimeout(timer));
  body.resume();
};

/** Takes text cut anywhere and gives the events that it completes. */
const createFraming = (meter: Meter) => {
  let events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => {
      if (event.data !== '') events.push(event);
    },
  });
  return (text: string): EventSourceMessage[] => {
    events = [];
    parser.feed(text);
    meter.wire(text, events);
    return events;
  };
};

/**
 * The server-sent events of a response, up to `[DONE]` or its end. An event counts even if the response ends without
 * the blank line after it; an event without data does not. The connection is closed when the consumer stops early.
 * `heard` is called for each piece of bytes. Throws `ReplyTooLong` when the meter does.
 */
export async function* readEvents(
  body: IncomingMessage,
  { heard, meter }: { heard: () => void; meter: Meter },
): AsyncGenerator<EventSourceMessage> {
  const frame = createFraming(meter);
  let isComplete = false;
  body.setEncoding('utf8');
  const isEnd = ({ data }: EventSourceMessage): boolean => data.startsWith('[DONE]');
  try {
    for await (const text of body.iterator({ destroyOnReturn: false })) {
      heard();
      for (const event of frame(text)) {
        isComplete = isEnd(event);
        if (isComplete) return;
        yield event;
      }
    }
    yield* frame('\n\n').filter((event) => !isEnd(event));
    isComplete = true;
  } finally {
    if (isComplete) release(body);
    else body.destroy();
  }
}
