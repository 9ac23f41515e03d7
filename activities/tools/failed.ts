import { EverturnError } from '../../contracts/errors.ts';

/** Ends a tool with a result of status `error`: the tool's own words come before the reason. */
export const failed = (reason: string, cause?: unknown): EverturnError =>
  new EverturnError('tool_failed', reason, { cause });
