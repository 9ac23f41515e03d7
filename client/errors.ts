import { Problem } from '../contracts/api.ts';
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

/** A refusal in our own words, or one that something between us and the server (a proxy) wrote. */
const fromBody = (action: string, status: number, text: string): EverturnError => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const problem = Problem.safeParse(body);
  if (problem.success) {
    const { code, detail, details } = problem.data;
    if (isErrorCode(code)) return new EverturnError(code, detail, details ? { details } : {});
    return new EverturnError('internal', detail, { details: { ...details, code, status } });
  }
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

/** `fetch` rejects with a bare TypeError when nobody answers; this says who was asked and what to do. */
export const unreachable = (action: string, baseUrl: string, cause: unknown): EverturnError => {
  const what = baseUrl === '' ? 'the server does not answer' : `nothing answers at ${baseUrl}`;
  return new EverturnError('not_running', `Cannot ${action}: ${what}. Start the stack with: npx everturn up`, {
    cause,
  });
};
