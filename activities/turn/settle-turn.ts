import type { SettleTurnInput, TurnEnd } from '../../contracts/activities.ts';
import { type ChunkBody, lastOrdinal } from '../../contracts/chunks.ts';
import { EverturnError, errorTable } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { endOf } from './turn-end.ts';

/** Records the end of a turn that no sealed reply ends, with the notice for readers. */
export const createSettleTurn =
  ({ store }: Dependencies) =>
  async ({ sessionId, turn, status, code }: SettleTurnInput): Promise<TurnEnd> => {
    const body = async (): Promise<ChunkBody> => {
      if (status === 'cancelled') return { kind: 'system', label: 'cancelled', text: 'Cancelled' };
      const message = (await store.spans.lastFailure(sessionId, turn)) ?? errorTable[code].meaning;
      return { kind: 'error', code, message };
    };
    const chunks = [{ ordinal: lastOrdinal, body: await body() }];
    try {
      const end = await store.turns.settle({ sessionId, turn, status, code, chunks });
      store.wake(sessionId);
      return endOf(end);
    } catch (error) {
      // A session that was deleted has no turn to settle.
      if (error instanceof EverturnError && error.code === 'session_not_found') return {};
      throw error;
    }
  };
