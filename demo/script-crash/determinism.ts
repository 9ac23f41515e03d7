import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { readState } from '../../cli/supervisor/state.ts';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Project } from '../support/project.ts';

const telling = /TMPRL1100|nondeterminis|non-determinis|determinismviolation/i;

/** Lines of the workers' logs that tell of a replay that went another way. */
export const nondeterminismInLogs = ({ folder }: Project): string[] => {
  const { logs } = foldersOf(folder);
  return readdirSync(logs)
    .filter((name) => /^(scripts|worker)-/.test(name))
    .flatMap((name) =>
      readFileSync(path.join(logs, name), 'utf8')
        .split('\n')
        .filter((line) => telling.test(line))
        .map((line) => `${name}: ${line.slice(0, 300)}`),
    );
};

export type Histories = { events: number /** Failed workflow tasks, by cause and message. */; failedTasks: string[] };

/** What the scripts' own histories say. */
export const readHistories = async ({ folder }: Project, runIds: readonly string[]): Promise<Histories> => {
  const { temporalAddress } = readState(foldersOf(folder).state);
  if (temporalAddress === null) throw new Error('The stack has no Temporal server');
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    const found: Histories = { events: 0, failedTasks: [] };
    for (const runId of runIds) {
      const { events } = await workflow.getHandle(runWorkflowId(runId)).fetchHistory();
      for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
        if (failed) found.failedTasks.push(`run ${runId}: task failed (${failed.cause}): ${failed.failure?.message}`);
      }
      found.events = Math.max(found.events, events?.length ?? 0);
    }
    return found;
  } finally {
    await connection.close();
  }
};
