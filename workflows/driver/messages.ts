import { defineQuery } from '@temporalio/workflow';

/** The state of any workflow of ours: what its machine's definition can be lit with. */
export const stateQuery = defineQuery<{ value: unknown; context: unknown; status: string }>('state');
