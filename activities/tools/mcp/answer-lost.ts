import { EverturnError } from '../../../contracts/errors.ts';
import { errnoOf } from '../errno.ts';

/** A server got a request and will not answer it: whether it did what was asked is unknown. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** The data of an error that we give in place of an answer that was lost with its connection. */
export const lostMark = {};
export const lostWords = 'the connection was lost before the answer';

/** The system and TLS, before anything of a request is sent. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Whether an error is the answer of a server, or says that it was not asked at all. */
const isSettled = (error: Error): boolean => {
  if (error instanceof EverturnError || error.name === 'AbortError') return true;
  if (unsent.test(errnoOf(error) ?? '')) return true;
  if (!('code' in error) || typeof error.code !== 'number') return false;
  if ('data' in error && error.data === lostMark) return false;
  // A gateway answers for a server that may be at work all the same.
  return error.name === 'McpError' || (error.code >= 400 && error.code < 500);
};

/** What a request failed with, as {@link AnswerLost} where that is what it means. `end`: why the server ended, if it did. */
export const fateOf = (error: unknown, end: string | null): unknown => {
  if (end !== null) return new AnswerLost(`the server ended: ${end}`, { cause: error });
  if (!(error instanceof Error) || error instanceof AnswerLost || isSettled(error)) return error;
  if ('data' in error && error.data === lostMark) return new AnswerLost(lostWords, { cause: error });
  const isOfConnection = errnoOf(error) !== undefined || error.message === 'aborted';
  return new AnswerLost(isOfConnection ? `${lostWords} (${error.message})` : error.message, { cause: error });
};
