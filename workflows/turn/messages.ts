import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision } from '../../contracts/approvals.ts';
import type { Resume } from '../driver/driver.ts';

export type TurnInput = {
  sessionId: string;
  turn: number;
  messageId: string;
  agent: string;
  model: string;
  consoleUrl: string;
  /** Events of history after which it continues-as-new. Default: the driver's. */
  historyLimit?: number;
  resume?: Resume;
};

export const cancelSignal = defineSignal('cancel');

/** The answer itself stands in Postgres; this only moves the machine. Told twice, it changes nothing. */
export const approvalUpdate = defineUpdate<void, [{ step: number; call: number; decision: Decision }]>('approval');
