import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TurnStart } from '../../contracts/activities.ts';
import type { Decision } from '../../contracts/approvals.ts';
import type { Resume } from '../driver/driver.ts';
import type { MachineReport } from '../driver/messages.ts';

export type TurnInput = TurnStart & {
  consoleUrl: string;
  /** Asks no model: its one tool call is given. */
  isDirect?: boolean;
  /** Events of history after which it continues-as-new. Default: the driver's. */
  historyLimit?: number;
  resume?: Resume;
};

/** Which turn is meant: the workflow of a step runs one after another. Default: the one that runs. */
export const cancelSignal = defineSignal<[{ turn: number }?]>('cancel');

/** A key may be asked before the time that the turn waits for. */
export const keyClearedSignal = defineSignal<[{ turn: number }?]>('key.cleared');

/** `turn` as in the signal that cancels; older releases did not send it. */
export type Answer = { turn?: number; step: number; call: number; decision: Decision };

/** Anyone who reaches Temporal can send a message: one of another shape is refused, and must not fail the workflow's task. */
export const isAnswer = (value: unknown): value is Answer => {
  if (typeof value !== 'object' || value === null) return false;
  const { turn = 1, step, call, decision } = value as Record<string, unknown>;
  return [turn, step, call].every(Number.isInteger) && (decision === 'approve' || decision === 'deny');
};

export const checkAnswer = (value: unknown): void => {
  if (!isAnswer(value)) throw new Error('Cannot take the answer: expected { turn, step, call, decision }');
};

/** The answer itself is in Postgres; this only moves the machine. Told twice, it changes nothing. */
export const approvalUpdate = defineUpdate<void, [Answer]>('approval');
/** The same, passed on by the workflow of the step to which the turn belonged at first. */
export const answeredSignal = defineSignal<[Answer]>('approval.answered');

/** The machine of the turn that the workflow of a step runs; null where none does. */
export const turnStateQuery = defineQuery<MachineReport | null>('turn');
