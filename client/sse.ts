/** One dispatched message of an event stream. `id` is the last id seen so far; the empty string if none was. */
export type SseMessage = { event: string; data: string; id: string };

export type SseParser = {
  /** Takes decoded text cut anywhere and gives the messages that it completes. */
  push(text: string): SseMessage[];
  /** What the stream asked for by `retry:`, in milliseconds. */
  readonly retry: number | undefined;
};

/**
 * The event stream format of the HTML standard: lines end with CR, LF or CRLF, `data` lines join with LF, a message
 * without data is dropped but keeps its id, a message that the end of the stream cuts is dropped with its id.
 */
export const createSseParser = (): SseParser => {
  let unfinished: string[] = [];
  let afterCr = false;
  let event = '';
  let data: string[] = [];
  let pendingId = '';
  let retry: number | undefined;

  const field = (name: string, value: string): void => {
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) pendingId = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) retry = Number(value);
  };

  const dispatch = (): SseMessage | undefined => {
    const message = data.length === 0 ? undefined : { event: event || 'message', data: data.join('\n'), id: pendingId };
    event = '';
    data = [];
    return message;
  };

  const line = (text: string): SseMessage | undefined => {
    if (text === '') return dispatch();
    const colon = text.indexOf(':');
    if (colon === 0) return undefined;
    if (colon === -1) field(text, '');
    else field(text.slice(0, colon), text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1));
    return undefined;
  };

  const push = (text: string): SseMessage[] => {
    const messages: SseMessage[] = [];
    let from = afterCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') afterCr = false;
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = from;
    // Only new text is searched: a long line in many pieces costs its length once.
    for (let end = ends.exec(text); end; end = ends.exec(text)) {
      unfinished.push(text.slice(from, end.index));
      const message = line(unfinished.join(''));
      unfinished = [];
      if (message) messages.push(message);
      from = ends.lastIndex;
      afterCr = end[0] === '\r' && from === text.length;
    }
    if (from < text.length) unfinished.push(text.slice(from));
    return messages;
  };

  return {
    push,
    get retry() {
      return retry;
    },
  };
};

/**
 * The messages of a byte stream until its end. `onBytes` is called for every arrival, also of comments and of parts of a
 * message; `onRetry` of the pause that the server asks for. Leaving the loop early cancels the stream.
 */
export async function* readSse(
  stream: ReadableStream<Uint8Array>,
  { onBytes, onRetry }: { onBytes?: () => void; onRetry?: (milliseconds: number) => void } = {},
): AsyncGenerator<SseMessage, void, void> {
  const parser = createSseParser();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      onBytes?.();
      const messages = parser.push(decoder.decode(read.value, { stream: true }));
      if (parser.retry !== undefined) onRetry?.(parser.retry);
      yield* messages;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
