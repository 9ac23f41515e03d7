import { EverturnError } from '../contracts/errors.ts';
import { readSse, type SseMessage } from './sse.ts';

/** `failed` is the end: trying again would not help. `error` and `retryInMs` come with `retrying`. */
export type ConnectionState = 'connecting' | 'live' | 'retrying' | 'failed';
export type ConnectionDetail = { error?: EverturnError; retryInMs?: number };

export type Timing = {
  /** Milliseconds without a byte after which a connection counts as dead. Default 25,000. */
  deadAfterMs?: number;
  /** First pause before another try, doubled each time; default 250. The server's `retry:` replaces it. */
  firstRetryMs?: number;
  /** Milliseconds without a byte after which `onSilence` is called. Default 5,000; the server beats every 2,000. */
  silentAfterMs?: number;
  /** The longest pause; default 3,000. */
  lastRetryMs?: number;
};

export type ConnectionOptions = {
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Something has come: a message, a part of one, or a heartbeat. */
  onBytes?: (() => void) | undefined;
  onMessage(message: SseMessage): void;
  onState?: ((state: ConnectionState, detail: ConnectionDetail) => void) | undefined;
  /** Nothing has arrived for a while on an open connection; with null, something has arrived again. */
  onSilence?: ((since: number | null) => void) | undefined;
  signal?: AbortSignal | undefined;
  timing?: Timing | undefined;
};

const ended = (): EverturnError =>
  new EverturnError('not_running', 'The stream ended: the server closed it or restarts. Trying again');
const silent = (ms: number): EverturnError =>
  new EverturnError('not_running', `The stream sent nothing for ${Math.round(ms / 1000)} s. Trying again`);

const asError = (cause: unknown): EverturnError =>
  cause instanceof EverturnError
    ? cause
    : new EverturnError('not_running', 'The connection to the stream was cut. Trying again', { cause });

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });

/**
 * Keeps an event stream open until `signal` aborts (resolves) or an error that no repetition mends (rejects): the
 * server's refusal, a message that breaks its contract, or an exception of `onMessage`.
 */
export const keepConnected = async (options: ConnectionOptions): Promise<void> => {
  const { signal, onState, timing = {} } = options;
  const { deadAfterMs = 25_000, silentAfterMs = 5_000, lastRetryMs = 3_000 } = timing;
  let firstRetryMs = timing.firstRetryMs ?? 250;
  let failures = 0;

  /** One connection from its request to its end. Returns the error to retry after; throws what ends all. */
  const connect = async (): Promise<EverturnError> => {
    const attempt = new AbortController();
    const stop = (): void => attempt.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    let dead: EverturnError | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let isSilent = false;
    const alive = (): void => {
      clearTimeout(watchdog);
      clearTimeout(silence);
      if (isSilent) options.onSilence?.(null);
      isSilent = false;
      const since = Date.now();
      silence = setTimeout(() => {
        isSilent = true;
        options.onSilence?.(since);
      }, silentAfterMs);
      watchdog = setTimeout(() => {
        dead = silent(deadAfterMs);
        attempt.abort(dead);
      }, deadAfterMs);
    };
    alive();
    let handling = false;
    try {
      const messages = readSse(await options.open(attempt.signal), {
        onBytes: () => {
          alive();
          options.onBytes?.();
        },
        onRetry: (ms) => {
          firstRetryMs = Math.min(Math.max(ms, 50), lastRetryMs);
        },
      });
      handling = true;
      onState?.('live', {});
      handling = false;
      for await (const message of messages) {
        if (attempt.signal.aborted) break;
        handling = true;
        options.onMessage(message);
        handling = false;
        failures = 0;
      }
      return dead ?? ended();
    } catch (cause) {
      if (handling) throw cause;
      if (dead) return dead;
      const error = asError(cause);
      if (!error.retryable) throw error;
      return error;
    } finally {
      clearTimeout(watchdog);
      clearTimeout(silence);
      signal?.removeEventListener('abort', stop);
      attempt.abort();
    }
  };

  while (!signal?.aborted) {
    onState?.('connecting', {});
    let error: EverturnError;
    try {
      error = await connect();
    } catch (cause) {
      if (signal?.aborted) return;
      onState?.('failed', { error: asError(cause) });
      throw cause;
    }
    if (signal?.aborted) return;
    const ceiling = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 16));
    const retryInMs = Math.round(ceiling * (0.5 + Math.random() / 2));
    failures += 1;
    onState?.('retrying', { error, retryInMs });
    await pause(retryInMs, signal);
  }
};
