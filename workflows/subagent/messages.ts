import { defineSignal } from '@temporalio/workflow';

/** Ids, and where the console is. */
export type SubagentInput = { id: string; parentSessionId: string; consoleUrl: string };

/** It has a place now. Told twice, or wrongly, it changes nothing: what is in Postgres decides. */
export const admitSignal = defineSignal('admit');
export const cancelSubagentSignal = defineSignal('cancel');
