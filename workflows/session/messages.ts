import { defineUpdate } from '@temporalio/workflow';
import type { WhenBusy } from '../../contracts/events.ts';
import type { ToolPermission } from '../../contracts/tools.ts';
import type { Resume } from '../driver/driver.ts';

/** Labels that Temporal UI shows; ids and short words only. */
export type SessionInput = {
  sessionId: string;
  agent: string;
  model: string;
  allow: ToolPermission[];
  consoleUrl: string;
  /** The number the first turn gets. */
  nextTurn: number;
  /** The id of a message that stands in Postgres already: its turn is the first. */
  first?: string;
  /** Ends the workflow when the session is idle. */
  closesWhenIdle?: boolean;
  /** Events of history after which it continues-as-new. Default: the driver's. */
  historyLimit?: number;
  /** Set by continue-as-new. */
  resume?: Resume;
};

/** The update's id is the message's id. Rejected with `session_busy` or `queue_full`. */
export const submitUpdate = defineUpdate<{ turn: number }, [{ messageId: string; whenBusy: WhenBusy }]>('submit');

/** Cancels the turn that runs; `turn` is null when none does. Waiting messages stay. */
export const cancelUpdate = defineUpdate<{ turn: number | null }, []>('cancel');
