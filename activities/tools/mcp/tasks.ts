import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { z } from 'zod';
import { CallAnswer } from './result.ts';

const Capabilities = z.object({ tasks: z.object({ requests: z.object({ tools: z.object({ call: z.object({}) }) }) }) });
const TaskTool = z.object({ name: z.string(), execution: z.object({ taskSupport: z.literal('required') }) });

/** The tools, by their own names, that a server runs as tasks alone: an ordinary call of one is refused. */
export const needTasks = (capabilities: unknown, tools: readonly unknown[]): ReadonlySet<string> =>
  new Set(
    Capabilities.safeParse(capabilities).success
      ? tools.flatMap((tool) => TaskTool.safeParse(tool).data?.name ?? [])
      : [],
  );

const Task = z.looseObject({
  taskId: z.string(),
  status: z.string(),
  statusMessage: z.string().optional().catch(undefined),
  pollInterval: z.number().optional().catch(undefined),
});
type Task = z.infer<typeof Task>;
const Created = z.looseObject({ task: Task });
const Anything = z.looseObject({});

const shortestMs = 100;
const maxMs = 10_000;
const usualMs = 1000;
const cancelMs = 2000;

const pauseOf = ({ pollInterval = usualMs }: Task): number => Math.min(maxMs, Math.max(shortestMs, pollInterval));
const isOver = (status: string): boolean => ['completed', 'failed', 'cancelled'].includes(status);

type Options = RequestOptions & {
  signal: AbortSignal;
  /** The server says that it works on it. */
  working(message: string | undefined): void;
};

/**
 * A call of a tool that a server runs as a task: it is begun, and looked at until it is over, or waits for an answer, which
 * the server asks for while the result is fetched. `callToolStream` of the SDK (1.32) does not read the result of a failed
 * task, pauses for as long as the server says, and leaves a cancelled task running.
 */
export const callAsTask = async (
  client: Client,
  params: Record<string, unknown>,
  { working, ...options }: Options,
): Promise<z.infer<typeof CallAnswer>> => {
  const { signal } = options;
  const { task } = await client.request(
    { method: 'tools/call', params: { ...params, task: {} } } as never,
    Created,
    options,
  );
  const ofTask = { taskId: task.taskId };
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };

  const follow = async (until: AbortSignal, isEnough: (status: string) => boolean, from: Task): Promise<void> => {
    for (let seen = from; !isEnough(seen.status); ) {
      await delay(pauseOf(seen), undefined, { signal: until });
      seen = await client.request({ method: 'tasks/get', params: ofTask } as never, Task, {
        signal: until,
        ...timeout,
      });
      if (seen.status === 'working') working(seen.statusMessage);
    }
  };

  const fetched = new AbortController();
  try {
    await follow(signal, (status) => status !== 'working', task);
    const result = client.request({ method: 'tasks/result', params: ofTask } as never, CallAnswer, {
      signal,
      ...timeout,
    });
    void follow(AbortSignal.any([signal, fetched.signal]), isOver, { ...task, status: '' }).catch(() => undefined);
    return await result;
  } catch (error) {
    if (!signal.aborted) throw error;
    await client
      .request({ method: 'tasks/cancel', params: ofTask } as never, Anything, { timeout: cancelMs })
      .catch(() => undefined);
    throw signal.reason;
  } finally {
    fetched.abort();
  }
};
