import type { EverturnError } from '../../../contracts/errors.ts';

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'retrying'; error: EverturnError; retryAt: number }
  | { state: 'failed'; error: EverturnError };
