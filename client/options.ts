import { EverturnError } from '../contracts/errors.ts';
import { newIdempotencyKey } from './idempotency.ts';

export type Signal = { signal?: AbortSignal | undefined };
/** The same key with the same body takes effect once, however often it is sent. Default: a new one. */
export type Once = Signal & { idempotencyKey?: string };
export type Bytes = ReadableStream<Uint8Array>;

export const once = (key = newIdempotencyKey()) => ({ 'idempotency-key': key });

/** Begins after a position instead of with a snapshot. */
export const streamHeaders = (after?: number): Record<string, string> => ({
  accept: 'text/event-stream',
  ...(after === undefined ? {} : { 'last-event-id': String(after) }),
});

/** Something else than our server (a proxy, a login page) may answer 200 with a page. */
export const streamOf = (response: Response, action: string): Bytes => {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (response.body && type.startsWith('text/event-stream')) return response.body;
  throw new EverturnError('not_running', `Cannot ${action}: the response is not an event stream but ${type}`);
};
