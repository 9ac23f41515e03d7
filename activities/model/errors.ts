import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai/core/error';
import { type ErrorCode, EverturnError } from '../../contracts/errors.ts';
import { retryAfterMs } from './retry-after.ts';

/** Which provider was asked, for messages. The key is here to be taken out of them. */
export type Provider = { baseUrl: string; model: string; apiKey: string | null; apiKeyEnv: string | null };

const isTimeoutStatus = (status: number): boolean => status === 408 || status === 504 || status === 524;

const codeOfStatus = (status: number): ErrorCode => {
  if (status === 401 || status === 403) return 'model_unauthorized';
  if (status === 404) return 'model_not_found';
  if (status === 429) return 'model_rate_limited';
  if (isTimeoutStatus(status)) return 'model_timeout';
  if (status >= 500 || status === 409 || status === 425) return 'model_unavailable';
  return 'model_refused';
};

/** An error in the middle of a stream has no HTTP status of its own; some providers put one into `code`. */
const statusOf = (error: APIError): number => {
  if (typeof error.status === 'number') return error.status;
  const code = Number(error.code);
  if (code >= 400 && code < 600) return code;
  const label = `${error.code ?? ''} ${error.type ?? ''}`;
  if (label.includes('rate_limit')) return 429;
  return /invalid_request|context_length/.test(label) ? 400 : 503;
};

const adviceFor = (code: ErrorCode, status: number, { apiKeyEnv, model }: Provider): string => {
  if (status === 402) return 'Add credit to the account at the provider';
  switch (code) {
    case 'model_unauthorized':
      return apiKeyEnv
        ? `Check the key in the environment variable ${apiKeyEnv}`
        : 'Name the environment variable that holds the key as apiKeyEnv in everturn.yaml';
    case 'model_not_found':
      return `Check in everturn.yaml that the provider has the model "${model}" and that baseUrl is right (it often ends in /v1)`;
    case 'model_refused':
      return 'Change what is sent, or choose another model in everturn.yaml';
    case 'model_rate_limited':
      return 'Wait, or use a key with higher limits; a used-up quota needs credit';
    case 'model_timeout':
      return 'Try again, and raise timeoutMs in everturn.yaml for a slow model';
    case 'model_stream_cut':
      return 'Try again';
    default:
      return 'Try again, and check that the server runs and that baseUrl in everturn.yaml is right';
  }
};

const withoutCredentials = (baseUrl: string): string => {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/$/, '')}`;
};

const shorten = (text: string, { apiKey }: Provider): string => {
  const clean = (apiKey ? text.replaceAll(apiKey, '[key]') : text).replace(/\s+/g, ' ').trim();
  return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
};

export const modelError = (
  code: ErrorCode,
  provider: Provider,
  what: string,
  details: { status?: number; retryAfterMs?: number } = {},
): EverturnError => {
  const asked = `Asking the model "${provider.model}" at ${withoutCredentials(provider.baseUrl)} failed`;
  const advice = adviceFor(code, details.status ?? 0, provider);
  return new EverturnError(code, `${asked}: ${shorten(what, provider)}. ${advice}`, { details });
};

const saidBy = (error: APIError): string => {
  const body: unknown = error.error;
  if (typeof body === 'string') return body;
  const { message, detail } = (body ?? {}) as { message?: unknown; detail?: unknown };
  if (typeof message === 'string') return message;
  return detail === undefined ? error.message.replace(/^\d{3} /, '') : JSON.stringify(detail);
};

const fromApi = (error: APIError, provider: Provider): EverturnError => {
  const status = statusOf(error);
  const wait = retryAfterMs(error.headers);
  const where = error.status === undefined ? 'an error in the middle of the stream' : `HTTP ${status}`;
  const details = { status, ...(wait === null ? {} : { retryAfterMs: wait }) };
  return modelError(codeOfStatus(status), provider, `${where}, "${saidBy(error)}"`, details);
};

/** The innermost message: "fetch failed" says nothing, its cause does. */
const rootMessage = (error: unknown): string => {
  let root = error;
  while (root instanceof Error && root.cause) root = root.cause;
  if (root instanceof AggregateError && !root.message) root = root.errors[0];
  if (!(root instanceof Error)) return String(root);
  return root.message || ('code' in root ? String(root.code) : root.name);
};

/**
 * What went wrong between us and a provider, as a row of our table. `hasBegun`: whether any of the answer had come.
 * The provider's own error is not kept as cause: it carries headers and bodies.
 */
export const toModelError = (error: unknown, provider: Provider, hasBegun: boolean): EverturnError => {
  if (error instanceof EverturnError) return error;
  if (error instanceof APIConnectionTimeoutError) return modelError('model_timeout', provider, 'no answer in time');
  if (error instanceof APIConnectionError) return modelError('model_unavailable', provider, rootMessage(error));
  if (error instanceof APIError) return fromApi(error, provider);
  if (error instanceof SyntaxError)
    return modelError('model_stream_cut', provider, 'the stream holds a line that is not JSON');
  return hasBegun
    ? modelError(
        'model_stream_cut',
        provider,
        `the connection broke in the middle of the reply (${rootMessage(error)})`,
      )
    : modelError('model_unavailable', provider, rootMessage(error));
};
