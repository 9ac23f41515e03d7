import { type ErrorCode, EverturnError } from '../../contracts/errors.ts';
import type { Answer } from './connect.ts';
import { modelError, type Provider } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';

type Facts = Record<string, unknown>;

/** The stream breaks the format of server-sent events or of chat completions; the message says how. */
export class UnreadableStream extends Error {
  override readonly name = 'UnreadableStream';
}

/** The reply passes a limit; the message says which. */
export class ReplyTooLong extends Error {
  override readonly name = 'ReplyTooLong';
}

const asFacts = (value: unknown): Facts => (typeof value === 'object' && value !== null ? (value as Facts) : {});

const codeOfStatus = (status: number): ErrorCode => {
  if (status === 401 || status === 403) return 'model_unauthorized';
  if (status === 404) return 'model_not_found';
  if (status === 429) return 'model_rate_limited';
  if (status === 408 || status === 504 || status === 524) return 'model_timeout';
  if (status >= 500 || status === 409 || status === 425) return 'model_unavailable';
  return 'model_refused';
};

/** An error in the middle of a stream has no HTTP status of its own; some providers put one into `code`. */
const statusOf = (error: Facts): number => {
  const code = Number(error.code);
  if (code >= 400 && code < 600) return code;
  const label = `${error.code ?? ''} ${error.type ?? ''}`;
  if (label.includes('rate_limit')) return 429;
  return /invalid_request|context_length/.test(label) ? 400 : 503;
};

const saidBy = (error: unknown): string => {
  if (typeof error === 'string') return error;
  const { message, detail } = asFacts(error);
  if (typeof message === 'string') return message;
  return JSON.stringify(message ?? detail ?? error);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const refusal = (provider: Provider, status: number, what: string, headers: Headers): EverturnError => {
  const wait = retryAfterMs(headers);
  return modelError(codeOfStatus(status), provider, what, { status, ...(wait === null ? {} : { retryAfterMs: wait }) });
};

/** A status other than success. `text` is what the body says. */
export const httpError = (provider: Provider, { status, headers }: Answer, text: string): EverturnError => {
  const body = parse(text);
  const said = text.trim() === '' ? 'no reason given' : `"${saidBy(asFacts(body).error ?? body)}"`;
  return refusal(provider, status, `HTTP ${status}, ${said}`, headers);
};

/** A redirect is never followed: it would take the key and the conversation to an address nobody configured. */
export const redirectError = (provider: Provider, { status, headers, url }: Answer): EverturnError => {
  const location = headers.get('location') ?? '';
  const target = URL.canParse(location, url) ? new URL(location, url) : null;
  const where = target ? `${target.origin}${target.pathname}` : 'nowhere';
  return modelError('model_not_found', provider, `HTTP ${status}, a redirect to ${where}`, { status });
};

/** An error that came as an event of the stream. */
export const streamError = (
  provider: Provider,
  { headers }: Pick<Answer, 'headers'>,
  error: unknown,
): EverturnError => {
  const what = `an error in the middle of the stream, "${saidBy(error)}"`;
  return refusal(provider, statusOf(asFacts(error)), what, headers);
};

/** The innermost error: what wraps it says less. */
const rootOf = (error: unknown): unknown => {
  let root = error;
  while (root instanceof Error && root.cause) root = root.cause;
  return root instanceof AggregateError && !root.message ? root.errors[0] : root;
};

const codeOf = (root: unknown): string => String(asFacts(root).code ?? '');

const messageOf = (root: unknown): string =>
  root instanceof Error ? root.message || codeOf(root) || root.name : String(root);

/** How a failed connection becomes a row of our table. `hasBegun`: whether any of the reply had come. */
export const toModelError = (error: unknown, provider: Provider, hasBegun: boolean): EverturnError => {
  if (error instanceof EverturnError) return error;
  if (error instanceof UnreadableStream) return modelError('model_stream_cut', provider, error.message);
  if (error instanceof ReplyTooLong) return modelError('model_reply_too_long', provider, error.message);
  const root = rootOf(error);
  if (hasBegun) {
    const what = `the connection broke in the middle of the reply (${messageOf(root)})`;
    return modelError('model_stream_cut', provider, what);
  }
  return /TIMEDOUT|_TIMEOUT$/.test(codeOf(root))
    ? modelError('model_timeout', provider, 'no answer in time')
    : modelError('model_unavailable', provider, messageOf(root));
};
