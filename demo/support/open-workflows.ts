import { Client, Connection } from '@temporalio/client';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { readState } from '../../cli/supervisor/state.ts';
import { until } from './clock.ts';
import type { Project } from './project.ts';

/** Temporal tells of an end a moment later. */
const patienceMs = 15_000;

/** Workflows that have not ended, by id; those of sessions and turns too. Nothing else runs on the demo's stack. */
export const openWorkflows = async ({ folder }: Project): Promise<string[]> => {
  const { temporalAddress } = readState(foldersOf(folder).state);
  if (temporalAddress === null) throw new Error('The stack has no Temporal server');
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    const open = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { workflowId } of workflow.list({ query: "ExecutionStatus = 'Running'" }))
        found.push(workflowId);
      return found;
    };
    await until('the end of all workflows', async () => (await open()).length === 0, patienceMs).catch(() => undefined);
    return await open();
  } finally {
    await connection.close();
  }
};
