import type { SystemBody } from '../../../contracts/chunks.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { TurnLimits } from '../../../contracts/turn-limits.ts';
import type { PastStep } from './past.ts';

/** `say`: the model is warned before the next request. `stop`: the turn ends without another request. */
export type Verdict = { kind: 'say' | 'stop'; body: SystemBody & { code: ErrorCode } };

/** Judges a turn by what is in its transcript, so that every attempt of a step comes to the same verdict. */
export type Guard = (steps: readonly PastStep[], limits: TurnLimits) => Verdict | null;

export const stop = (code: ErrorCode, text: string): Verdict => ({
  kind: 'stop',
  body: { kind: 'system', label: 'guard', text, code },
});

export const say = (code: ErrorCode, text: string, label: 'guard' | 'notice' = 'guard'): Verdict => ({
  kind: 'say',
  body: { kind: 'system', label, text, code, isSaid: true },
});
