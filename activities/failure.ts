import { ApplicationFailure } from '@temporalio/activity';
import { EverturnError, isStorageFull } from '../contracts/errors.ts';

/** Failures of its own after which an operation is given up: with the pauses between them several seconds. */
export const failureLimit = 6;

/** Whether an operation is given up with its failure of this number. */
export const isFinal = (error: unknown, failures: number): boolean =>
  (error instanceof EverturnError && !error.retryable) || failures >= failureLimit;

/** `again`: with another attempt, at once. `rest`: not before this time has passed; viewers see it. */
export type GoesOn = { how: 'again' } | { how: 'rest'; forMs: number; isAsked: boolean };

/** Thrown in place of a failure that must not reach Temporal. */
export class GoesOnAfter extends Error {
  override readonly name = 'GoesOnAfter';
  readonly next: GoesOn;

  constructor(next: GoesOn) {
    super('The failure is recorded, and the operation continues');
    this.next = next;
  }
}

/** What the failure of an attempt means for its operation. */
export type Judgement = {
  failures: number;
  /** The operation continues after this pause, whatever the error says. */
  goesOnInMs?: number;
  /** The operation is given up, whatever the error says. */
  isFinal?: true;
  /** Once the failure is recorded, the activity itself continues: Temporal sees no failure. */
  goesOn?: GoesOn;
  /** Kept with the attempt's span. */
  attributes?: Record<string, unknown>;
};

/** Milliseconds until the next attempt, where the failure says. Null when there is none. */
export const pauseOf = (error: unknown, { failures, goesOnInMs, isFinal: isLast }: Judgement): number | null => {
  if (isLast || (goesOnInMs === undefined && isFinal(error, failures))) return null;
  const asked = error instanceof EverturnError ? error.details?.retryAfterMs : undefined;
  return goesOnInMs ?? (typeof asked === 'number' ? asked : 0);
};

/**
 * A failure as Temporal may know it: the code and nothing of what it says, which can hold what a user wrote. The
 * message is on the attempt's span.
 */
export const toFailure = (error: unknown, judgement: Judgement = { failures: 0 }): ApplicationFailure => {
  const known = error instanceof EverturnError ? error : undefined;
  const code = known?.code ?? (isStorageFull(error) ? 'storage_full' : 'internal');
  const pause = pauseOf(error, judgement);
  return ApplicationFailure.create({
    message: code,
    type: code,
    nonRetryable: pause === null,
    ...(pause ? { nextRetryDelay: pause } : {}),
  });
};

/**
 * For a workflow that goes by what no row confirms, such as an answer or the end of a pause: the activity is retried until
 * a row confirms it. Nothing is written or kept open meanwhile.
 */
export const notYet = (): ApplicationFailure =>
  ApplicationFailure.create({ message: 'not_asked', type: 'not_asked', nextRetryDelay: '1s' });

/** No row requests this work, and none will. */
export const notAsked = (): ApplicationFailure => ApplicationFailure.nonRetryable('not_asked', 'not_asked');
