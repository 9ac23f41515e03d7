import { SentRequest } from '../contracts/sent-request.ts';
import { RunSurvived, TurnSummaryPage } from '../contracts/turn-summary.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type SessionPartsApi = {
  /** Each turn in one line, the newest first, with totals of the session. */
  listTurns(id: string, query?: { cursor?: string; limit?: number }, options?: Signal): Promise<TurnSummaryPage>;
  /** Throws `message_taken` for one that a turn has taken, and `message_not_found`. */
  withdrawMessage(id: string, message: string, options?: Signal): Promise<void>;
  /** What lost workers did not cost a run, in all its sessions. */
  getSurvived(runId: string, options?: Signal): Promise<RunSurvived>;
  /** Default: the attempt that was answered, otherwise the last. Throws `request_not_found`. */
  getSentRequest(
    id: string,
    request: { turn: number; step: number; attempt?: number | undefined },
    options?: Signal,
  ): Promise<SentRequest>;
};

export const sessionPartsApi = ({ read, send }: Transport): SessionPartsApi => {
  const session = (id: string): string => `/sessions/${encodeURIComponent(id)}`;
  return {
    listTurns: (id, query, { signal } = {}) =>
      read(TurnSummaryPage, { action: `list the turns of session ${id}`, path: `${session(id)}/turns`, query, signal }),
    withdrawMessage: async (id, message, { signal } = {}) => {
      const path = `${session(id)}/messages/${encodeURIComponent(message)}`;
      await send({ action: `withdraw message ${message}`, method: 'DELETE', path, signal });
    },
    getSurvived: (runId, { signal } = {}) =>
      read(RunSurvived, {
        action: `read what run ${runId} survived`,
        path: `/runs/${encodeURIComponent(runId)}/survived`,
        signal,
      }),
    getSentRequest: (id, { turn, step, attempt }, { signal } = {}) =>
      read(SentRequest, {
        action: `read the request of turn ${turn}, step ${step}`,
        path: `${session(id)}/requests/${turn}/${step}`,
        query: { attempt },
        signal,
      }),
  };
};
