import { exitCodeOf } from '../../../cli/exit.ts';
import { type ErrorCode, errorTable } from '../../../contracts/errors.ts';
import { code, page, table } from './markdown.ts';

const rowOf = (name: ErrorCode): string[] => {
  const { status, retryable, meaning } = errorTable[name];
  return [code(name), String(status), retryable ? 'yes' : '', String(exitCodeOf(name)), meaning];
};

export const errorsReference = (): string =>
  page(
    'Errors',
    'contracts/errors.ts',
    'Every error has one of these codes. The API answers with the HTTP status and a problem document, `{"type", "title", "status", "detail", "code", "retryable", "details"}`; the command line prints the message, or with `--json` a last line `{"type":"error","error":{"code","message","details"}}`, and ends with the exit code; `everturn/client` throws an `EverturnError`. The message says what was tried, with which value, and what to do.',
    '*Again*: the same request can succeed later without a change.',
    table(
      ['code', 'status', 'again', 'exit', 'meaning'],
      (Object.keys(errorTable) as ErrorCode[]).toSorted().map(rowOf),
    ),
  );
