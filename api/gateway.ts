import { Client, type Connection } from '@temporalio/client';
import { type Calls, createWithin } from './gateway/calls.ts';
import { fileChangeCalls } from './gateway/file-changes.ts';
import { queueCalls } from './gateway/queues.ts';
import { runCalls } from './gateway/runs.ts';
import { scheduleCalls } from './gateway/schedules.ts';
import { subagentCalls } from './gateway/subagents.ts';
import { turnCalls } from './gateway/turns.ts';
import { watchCalls } from './gateway/watch.ts';
import { workflowCalls } from './gateway/workflows.ts';

export type GatewayOptions = {
  connection: Connection;
  namespace: string;
  consoleUrl: string;
  taskQueue: string;
  /** The identity of the project whose definitions are served. */
  project: string;
  /** How long a workflow may take to answer. Default 3,000. */
  deadlineMs?: number;
};

/** The only user of the Temporal client, with its parts: every call that reaches a workflow goes through here. */
export const createGateway = ({
  connection,
  namespace,
  consoleUrl,
  taskQueue,
  project,
  deadlineMs = 3000,
}: GatewayOptions) => {
  const client = new Client({ connection, namespace });
  const calls: Calls = { client, taskQueue, project, consoleUrl, within: createWithin(connection, deadlineMs) };
  return {
    ...turnCalls(calls),
    ...runCalls(calls),
    ...scheduleCalls(calls),
    ...subagentCalls(calls),
    ...watchCalls(calls),
    ...workflowCalls(calls),
    ...queueCalls(calls),
    ...fileChangeCalls(calls),

    async isAlive(): Promise<boolean> {
      try {
        await connection.withDeadline(Date.now() + 1000, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
};

export type Gateway = ReturnType<typeof createGateway>;
