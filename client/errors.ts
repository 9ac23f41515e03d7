import type { Problem } from '../contracts/api.ts';
import { type ErrorCode, EverturnError, isErrorCode } from '../contracts/errors.ts';

const byStatus: Record<number, ErrorCode> = {
  400: 'bad_request',
  401: 'unauthorized',
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  502: 'not_running',
  503: 'not_running',
  504: 'not_running',
};

type Said = Pick<Problem, 'code' | 'detail' | 'details'>;

/** Checked without a schema: the shared worker of the console loads none. */
const isProblem = (value: unknown): value is Said =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  'detail' in value &&
  typeof value.detail === 'string' &&
  (!('details' in value) || (typeof value.details === 'object' && value.details !== null));

const fromProblem = ({ code, detail, details }: Said, status: number | undefined): EverturnError =>
  isErrorCode(code)
    ? new EverturnError(code, detail, details ? { details } : {})
    : new EverturnError('internal', detail, { details: { ...details, code, status } });

/** What an event stream says of a part that it refuses. */
export const errorOfProblem = (value: unknown): EverturnError =>
  isProblem(value)
    ? fromProblem(value, undefined)
    : new EverturnError('internal', 'The server refuses a stream and gives no reason. Reload the page');

/** A refusal in our own words, or one that something between us and the server (a proxy) wrote. */
const fromBody = (action: string, status: number, text: string): EverturnError => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (isProblem(body)) return fromProblem(body, status);
  const start = text.trim().slice(0, 200);
  const message = `Cannot ${action}: HTTP ${status} without a problem description${start ? `: ${start}` : ''}`;
  return new EverturnError(byStatus[status] ?? 'internal', message, { details: { status } });
};

/** Reads a response that is not 2xx. */
export const errorOf = async (action: string, response: Response): Promise<EverturnError> => {
  const text = await response.text().catch(() => '');
  return fromBody(action, response.status, text);
};

/** Whether an operation ended because its own signal was aborted. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** `fetch` rejects with a bare TypeError if the server does not answer; this names the address and what to do. */
export const unreachable = (action: string, baseUrl: string, cause: unknown): EverturnError => {
  const what = baseUrl === '' ? 'the server does not answer' : `nothing answers at ${baseUrl}`;
  return new EverturnError('not_running', `Cannot ${action}: ${what}. Start the stack with: npx everturn up`, {
    cause,
  });
};
