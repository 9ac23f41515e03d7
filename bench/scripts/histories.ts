import type { Client } from '@temporalio/client';

export type HistorySize = { events: number; bytes: number };

/** Of the executions that a query finds, at most so many. */
export const historySizes = async (
  client: Client,
  query: string,
  most = Number.POSITIVE_INFINITY,
): Promise<HistorySize[]> => {
  const sizes: HistorySize[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { historyLength, historySize } = await client.workflow.getHandle(workflowId, runId).describe();
    sizes.push({ events: historyLength, bytes: historySize ?? Number.NaN });
    if (sizes.length >= most) break;
  }
  return sizes;
};

/** Milliseconds of each workflow task of an execution, from its start at a worker to its completion, by the server's clock. */
export const taskTimes = async (client: Client, workflowId: string): Promise<number[]> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const msOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
    Number(time?.seconds ?? Number.NaN) * 1000 + (time?.nanos ?? 0) / 1e6;
  const startedAt = new Map((events ?? []).map(({ eventId, eventTime }) => [String(eventId), msOf(eventTime)]));
  return (events ?? []).flatMap(({ eventTime, workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [msOf(eventTime) - (startedAt.get(String(completed.startedEventId)) ?? Number.NaN)] : [],
  );
};
