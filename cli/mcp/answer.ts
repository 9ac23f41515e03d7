import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { connect } from '../connect.ts';

/** What a handler is given beside its arguments: as much of it as is used here. */
export type Extra = {
  signal: AbortSignal;
  _meta?: { progressToken?: string | number | undefined } | undefined;
  sendNotification(notification: {
    method: 'notifications/progress';
    params: { progressToken: string | number; progress: number; message: string };
  }): Promise<void>;
};

const json = (value: unknown): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(value, null, 1) }],
});

const open = new Set<Promise<CallToolResult>>();

/** Resolves when no call is being answered. */
export const whenAnswered = async (): Promise<void> => void (await Promise.allSettled(open));

/**
 * Does what a tool asks for, at the stack as it is now: it may have been restarted since the last call. What is refused is
 * an answer too.
 */
export const answered = (work: (api: ApiClient) => Promise<unknown>): Promise<CallToolResult> => {
  const answering = answer(work);
  open.add(answering);
  void answering.finally(() => open.delete(answering));
  return answering;
};

const answer = async (work: (api: ApiClient) => Promise<unknown>): Promise<CallToolResult> => {
  try {
    const { api } = await connect();
    return json(await work(api));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof EverturnError ? `${error.code}: ` : '';
    return { isError: true, content: [{ type: 'text', text: `${code}${message}` }] };
  }
};

/** Tells a client that asked for it what happens while it waits. */
export const progressOf = ({ _meta, sendNotification }: Extra): ((message: string) => void) => {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message: message.slice(0, 500) };
    // A client that is gone gets no further messages.
    void sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
  };
};
