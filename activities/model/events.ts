import type { Readable } from 'node:stream';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { createJsonLines } from './json-lines.ts';
import type { Meter } from './meter.ts';

const lingerMs = 1000;

/** Reads a complete reply to its end, so that its connection serves the next request; closes it after a second. */
const release = (body: Readable): void => {
  const timer = setTimeout(() => body.destroy(), lingerMs);
  // The reply is complete: how its connection ends changes nothing.
  body.on('error', () => {});
  body.once('close', () => clearTimeout(timer));
  body.resume();
};

/** `end` gives the events that only the end of the body completes. */
type Framing = { feed(text: string): EventSourceMessage[]; end(): EventSourceMessage[] };

/** What may be kept of a body that holds no event. */
const maxPlain = 256 * 1024;

/** JSON over many lines, after comments that kept the connection alive: an error that was found too late for its status. */
const plainIn = (text: string): EventSourceMessage[] => {
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith(':'));
  return /^\s*[[{]/.test(lines.join('\n')) ? [{ data: lines.join('\n').trim() }] : [];
};

/** Server-sent events. A line that is a JSON object is one too: some gateways write errors without `data:`. */
const createSseFraming = (): Framing => {
  let events: EventSourceMessage[] = [];
  let plain: string | null = '';
  const parser = createParser({
    onEvent: (event) => {
      if (event.data.trim() !== '') events.push(event);
    },
    onError: ({ line }) => {
      if (line?.startsWith('{') && line.trimEnd().endsWith('}')) events.push({ data: line });
    },
  });
  const feed = (text: string): EventSourceMessage[] => {
    events = [];
    parser.feed(text);
    plain = plain === null || events.length > 0 || plain.length > maxPlain ? null : plain + text;
    return events;
  };
  const end = (): EventSourceMessage[] => {
    const last = feed('\n\n');
    return last.length === 0 && plain !== null ? plainIn(plain) : last;
  };
  return { feed, end };
};

/** Takes text cut anywhere. What it begins with says how it is framed, whatever its type says. */
const createFraming = (meter: Meter): Framing => {
  let framing: Framing | undefined;
  const measured = (text: string, events: EventSourceMessage[]): EventSourceMessage[] => {
    meter.wire(text, events);
    return events;
  };
  return {
    feed: (text) => {
      if (!framing && text.trim() === '') return measured(text, []);
      framing ??= /^\s*[[{]/.test(text) ? createJsonLines() : createSseFraming();
      return measured(text, framing.feed(text));
    },
    end: () => framing?.end() ?? [],
  };
};

const replacement = '\uFFFD';
const replacementBytes = Buffer.from(replacement);

/** Decodes UTF-8 that is cut anywhere; `broken` is called when bytes were none and are replaced. */
const createDecoder = (broken: () => void) => {
  const decoder = new TextDecoder();
  return (bytes: Buffer): string => {
    const text = decoder.decode(bytes, { stream: true });
    if (text.includes(replacement) && !bytes.includes(replacementBytes)) broken();
    return text;
  };
};

export const isEnd = ({ data }: EventSourceMessage): boolean => data.trimStart().startsWith('[DONE]');

type Readers = {
  /** Called for each piece of bytes. */
  heard: () => void;
  /** Called when the stream holds bytes that are not UTF-8. */
  broken: () => void;
  meter: Meter;
};

/**
 * The events of a response, up to and with `[DONE]`, or to its end: server-sent events, lines of JSON, or one JSON
 * document. An event counts even if the response ends without the blank line after it; an event without data does not.
 * The connection is closed when the consumer stops early. Throws `ReplyTooLong` when the meter does.
 */
export async function* readEvents(
  body: Readable,
  { heard, broken, meter }: Readers,
): AsyncGenerator<EventSourceMessage> {
  const framing = createFraming(meter);
  const decode = createDecoder(broken);
  let isComplete = false;
  try {
    for await (const bytes of body.iterator({ destroyOnReturn: false })) {
      heard();
      for (const event of framing.feed(decode(bytes))) {
        isComplete = isEnd(event);
        yield event;
        if (isComplete) return;
      }
    }
    yield* framing.end();
    isComplete = true;
  } finally {
    if (isComplete) release(body);
    else body.destroy();
  }
}
