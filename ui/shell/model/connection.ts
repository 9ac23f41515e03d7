import type { EverturnError } from '../../../contracts/errors.ts';

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  /** The connection stands and nothing comes. `reason`: what is known of why. */
  | { state: 'silent'; since: number; reason: string | null }
  /** The stream beats, and what should bring events does not. */
  | { state: 'stalled'; since: number; reason: string }
  | { state: 'retrying'; error: EverturnError; retryAt: number }
  | { state: 'failed'; error: EverturnError };
