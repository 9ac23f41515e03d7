import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TurnStart } from '../../contracts/activities.ts';
import type { Decision } from '../../contracts/approvals.ts';
import type { Resume } from '../driver/driver.ts';

export type TurnInput = TurnStart & {
  consoleUrl: string;
  /** Asks no model: its one tool call is given. */
  isDirect?: boolean;
  /** Events of history after which it continues-as-new. Default: the driver's. */
  historyLimit?: number;
  resume?: Resume;
};

export const cancelSignal = defineSignal('cancel');

/** The answer itself stands in Postgres; this only moves the machine. Told twice, it changes nothing. */
export const approvalUpdate = defineUpdate<void, [{ step: number; call: number; decision: Decision }]>('approval');
