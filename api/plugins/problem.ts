import type { Problem } from '../../contracts/api.ts';
import { type EverturnError, errorTable } from '../../contracts/errors.ts';

const maxDetailLength = 10_000;

export const clipped = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** An error as it leaves the API. */
export const toProblem = ({ code, status, retryable, message, details }: EverturnError): Problem => ({
  type: `urn:everturn:error:${code}`,
  title: errorTable[code].meaning,
  status,
  detail: clipped(message, maxDetailLength),
  code,
  retryable,
  ...(details ? { details } : {}),
});
