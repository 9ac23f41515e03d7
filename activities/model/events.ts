import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { UnreadableStream } from './failures.ts';

const largestEvent = 16 * 1024 * 1024;
const lingerMs = 1000;
const streaming = { stream: true };

const ignore = (): void => {};

/** Reads a complete reply to its end, so that its connection serves the next request; closes it after a second. */
const release = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> => {
  const timer = setTimeout(() => reader.cancel().catch(ignore), lingerMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The reply is complete: how its connection ends changes nothing.
  } finally {
    clearTimeout(timer);
  }
};

/** Takes text cut anywhere and gives the events that it completes. */
const createFraming = () => {
  let events: EventSourceMessage[] = [];
  const parser = createParser({
    maxBufferSize: largestEvent,
    onEvent: (event) => {
      if (event.data !== '') events.push(event);
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') {
        throw new UnreadableStream(`the stream holds an event of more than ${largestEvent / 1024 / 1024} MB`);
      }
    },
  });
  return (text: string): EventSourceMessage[] => {
    events = [];
    parser.feed(text);
    return events;
  };
};

/**
 * The server-sent events of a response, up to `[DONE]` or its end. An event counts even if the response ends without
 * the blank line after it; an event without data does not. The connection is closed when the consumer stops early.
 * `heard` is called for each piece of bytes.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  heard: () => void,
): AsyncGenerator<EventSourceMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const frame = createFraming();
  let isComplete = false;
  try {
    while (!isComplete) {
      const { done, value } = await reader.read();
      heard();
      isComplete = done;
      for (const event of frame(done ? `${decoder.decode()}\n\n` : decoder.decode(value, streaming))) {
        if (event.data.startsWith('[DONE]')) {
          isComplete = true;
          void release(reader);
          return;
        }
        yield event;
      }
    }
  } finally {
    if (!isComplete) reader.cancel().catch(ignore);
  }
}
