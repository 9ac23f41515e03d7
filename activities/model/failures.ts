import { EverturnError } from '../../contracts/errors.ts';
import { parseJson } from '../../contracts/parse-json.ts';
import type { Answer } from './connect.ts';
import { modelError, type Provider, proxyAdvice } from './errors.ts';
import { codeOf, type FailureKind, judge, statusIn } from './kinds.ts';
import { failedProxy } from './proxy-fault.ts';
import { retryAfterMs } from './retry-after.ts';
import { waitInBody, waitInHeaders } from './told-wait.ts';
import { asFacts, errorIn, saidBy, withoutEcho } from './words.ts';

/** The stream breaks the format of server-sent events or of chat completions; the message says how. */
export class UnreadableStream extends Error {
  override readonly name = 'UnreadableStream';
}

/** The reply holds something that we have no place for; the message says what. Asking again gives the same. */
export class UnreadableShape extends Error {
  override readonly name = 'UnreadableShape';
}

/** The reply passes a limit; the message says which. */
export class ReplyTooLong extends Error {
  override readonly name = 'ReplyTooLong';
}

export type Refusal = { status: number; said: string };
const refusals = new WeakMap<Error, Refusal>();

/** What a provider said when it refused, whole. Undefined for any other error. */
export const refusalOf = (error: unknown): Refusal | undefined =>
  error instanceof Error ? refusals.get(error) : undefined;

type Said = { status: number; what: string; body: unknown; headers: Headers };

const refuse = (provider: Provider, { status, what, body: whole, headers }: Said): EverturnError => {
  const body = withoutEcho(whole);
  const words = typeof body === 'string' ? body : `${saidBy(body)} ${JSON.stringify(body)}`;
  const wait = retryAfterMs(headers) ?? waitInBody(body) ?? waitInHeaders(headers);
  const { kind, code } = judge(status, words, wait !== null);
  const error = modelError(code, provider, what, { status, kind, ...(wait === null ? {} : { retryAfterMs: wait }) });
  refusals.set(error, { status, said: words });
  return error;
};

/** A status other than success. `text` is what the body says. */
export const httpError = (provider: Provider, { status, headers }: Answer, text: string): EverturnError => {
  const body = withoutEcho(parseJson(text) ?? text);
  const said = text.trim() === '' ? 'no reason given' : `"${saidBy(body)}"`;
  return refuse(provider, { status, what: `HTTP ${status}, ${said}`, body, headers });
};

/** A redirect is never followed: it would take the key and the conversation to an address that is not configured. */
export const redirectError = (provider: Provider, { status, headers, url }: Answer): EverturnError => {
  const location = headers.get('location') ?? '';
  const target = URL.canParse(location, url) ? new URL(location, url) : null;
  const where = target ? `${target.origin}${target.pathname}` : 'nowhere';
  return modelError('model_not_found', provider, `HTTP ${status}, a redirect to ${where}`, {
    status,
    kind: 'not_found',
  });
};

/** An error that came inside an answer of success. */
export const streamError = (
  provider: Provider,
  { headers }: Pick<Answer, 'headers'>,
  event: unknown,
): EverturnError => {
  const error = errorIn(event);
  const said = saidBy(event);
  const status = statusIn(error, `${said} ${JSON.stringify(error)}`);
  const isStream = headers.get('content-type')?.includes('event-stream') ?? false;
  const where = isStream ? 'an error in the middle of the stream' : 'an error in place of a stream';
  return refuse(provider, { status, what: `${where}, "${said}"`, body: event, headers });
};

/** The provider's own last word says that it failed. `said`: some write the error where the reply would be. */
export const endedByError = (provider: Provider, word: string, said: string): EverturnError => {
  const what = `the provider ended the reply with "${word}"`;
  const error = parseJson(said);
  if (typeof error !== 'object' || error === null) {
    return modelError('model_unavailable', provider, what, { kind: 'unavailable' });
  }
  const words = saidBy(error);
  const status = statusIn(errorIn(error), `${words} ${said}`);
  return refuse(provider, { status, what: `${what}: "${words}"`, body: error, headers: new Headers() });
};

/** The innermost error: what wraps it says less. */
const rootOf = (error: unknown): unknown => {
  let root = error;
  while (root instanceof Error && root.cause) root = root.cause;
  return root instanceof AggregateError && !root.message ? root.errors[0] : root;
};

const systemCode = (root: unknown): string => String(asFacts(root).code ?? '');

const messageOf = (root: unknown): string =>
  root instanceof Error ? root.message || systemCode(root) || root.name : String(root);

const isPacking = (code: string): boolean => /^(?:Z_|ZSTD_|ERR_.*BROTLI|ERR_.*ZSTD|ERR_.*FORMAT_)/i.test(code);

const known = (kind: FailureKind, provider: Provider, what: string): EverturnError =>
  modelError(codeOf(kind), provider, what, { kind });

/** How a failed connection becomes a row of our table. `hasBegun`: whether any of the reply had come. */
export const toModelError = (error: unknown, provider: Provider, hasBegun: boolean): EverturnError => {
  if (error instanceof EverturnError) return error;
  if (error instanceof UnreadableStream) return known('cut', provider, error.message);
  if (error instanceof UnreadableShape) return known('unreadable', provider, error.message);
  if (error instanceof ReplyTooLong) return known('too_long', provider, error.message);
  const root = rootOf(error);
  const proxy = hasBegun ? null : failedProxy(root, provider.proxies);
  if (proxy !== null) {
    const what = `the proxy ${proxy} did not connect (${messageOf(root)})`;
    return modelError('model_unavailable', provider, what, { kind: 'unavailable', advice: proxyAdvice });
  }
  if (isPacking(systemCode(root))) {
    return known('unreadable', provider, `the answer is not packed as its content-encoding says (${messageOf(root)})`);
  }
  if (hasBegun) {
    return known('cut', provider, `the connection broke in the middle of the reply (${messageOf(root)})`);
  }
  return /TIMEDOUT|_TIMEOUT$/.test(systemCode(root))
    ? known('timeout', provider, 'no answer in time')
    : known('unavailable', provider, messageOf(root));
};
