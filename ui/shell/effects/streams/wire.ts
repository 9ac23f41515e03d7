import type { StreamMessage } from '../../../../client/streams.ts';
import type { ErrorCode } from '../../../../contracts/errors.ts';
import type { StreamPlace } from '../../../../contracts/place.ts';

/** An error without its class, which no port carries. */
export type SentError = { code: ErrorCode; message: string; details: Record<string, unknown> | undefined };

/** The state of the one connection. */
export type Link =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'retrying'; error: SentError; retryAt: number }
  | { state: 'failed'; error: SentError };

/** What a page says to what follows streams for it. `key`: the page's own number for a stream. */
export type ToHub =
  | { type: 'begin'; token: string | null }
  | { type: 'follow'; key: number; place: StreamPlace }
  | { type: 'leave'; key: number }
  /** Connects at once, unless the connection is known to be good. */
  | { type: 'retry' }
  | { type: 'ping' }
  | { type: 'end' };

export type ToPage =
  | { type: 'message'; key: number; message: StreamMessage }
  | { type: 'refused'; key: number; error: SentError }
  | { type: 'link'; link: Link }
  | { type: 'silence'; since: number | null }
  /** As JSON; null: anything may have changed. */
  | { type: 'change'; change: string | null }
  | { type: 'pong' }
  /** The page was thought to be gone: it begins again, with all that it follows. */
  | { type: 'forgotten' };
