import { SentMessage } from '../contracts/api.ts';
import { SubagentDetail, SubagentPage, type SubagentStatus } from '../contracts/subagents.ts';
import { type Once, once, type Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type SubagentsApi = {
  /** The newest first. `session`: those that it has spawned. */
  listSubagents(
    query?: { cursor?: string; session?: string | undefined; status?: SubagentStatus | undefined; limit?: number },
    options?: Signal,
  ): Promise<SubagentPage>;
  getSubagent(id: string, options?: Signal): Promise<SubagentDetail>;
  /** Throws `subagent_ended`. It ends a moment later. */
  cancelSubagent(id: string, options?: Once): Promise<SubagentDetail>;
  /** The same work again, as a new attempt, which it returns. Throws `subagent_not_retried`. */
  retrySubagent(id: string, options?: Once): Promise<SubagentDetail>;
  /** Throws `subagent_ended`. */
  sendToSubagent(id: string, body: { text: string }, options?: Once): Promise<SentMessage>;
};

export const subagentsApi = ({ read }: Transport): SubagentsApi => {
  const subagent = (id: string): string => `/subagents/${encodeURIComponent(id)}`;
  return {
    listSubagents: (query, { signal } = {}) =>
      read(SubagentPage, { action: 'list background agents', path: '/subagents', query, signal }),
    getSubagent: (id, { signal } = {}) =>
      read(SubagentDetail, { action: `read background agent ${id}`, path: subagent(id), signal }),
    cancelSubagent: (id, { signal, idempotencyKey } = {}) =>
      read(SubagentDetail, {
        action: `cancel background agent ${id}`,
        method: 'POST',
        path: `${subagent(id)}/cancel`,
        body: {},
        headers: once(idempotencyKey),
        signal,
      }),
    retrySubagent: (id, { signal, idempotencyKey } = {}) =>
      read(SubagentDetail, {
        action: `retry background agent ${id}`,
        method: 'POST',
        path: `${subagent(id)}/retry`,
        body: {},
        headers: once(idempotencyKey),
        signal,
      }),
    sendToSubagent: (id, body, { signal, idempotencyKey } = {}) =>
      read(SentMessage, {
        action: `send to background agent ${id}`,
        method: 'POST',
        path: `${subagent(id)}/messages`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
  };
};
