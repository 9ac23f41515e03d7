import { defineQuery } from '@temporalio/workflow';

/** A change of state: when, the type of the event that was heard, and the machine's value afterwards. */
export type Move = { at: number; event: string | null; value: unknown };

export type MachineReport = {
  value: unknown;
  context: unknown;
  status: string;
  /** Since this run of the workflow began. Undefined in the answers of older releases. */
  path?: Move[];
  /** Moves that were left out of the middle. */
  left?: number;
};

/** The state of any workflow of ours: what its machine's definition can be lit with. */
export const stateQuery = defineQuery<MachineReport>('state');
