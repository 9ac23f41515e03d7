import type { SettleTurnInput } from '../../contracts/activities.ts';
import type { ChunkBody } from '../../contracts/chunks.ts';
import { EverturnError, errorTable } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';

/** After every ordinal of a reply and of the results of its calls. */
const lastOrdinal = 1_000_000;

/** Records the end of a turn that no sealed reply ends, with what a reader is told about it. */
export const createSettleTurn =
  ({ store }: Dependencies) =>
  async ({ sessionId, turn, messageId, status, code }: SettleTurnInput): Promise<void> => {
    const body = async (): Promise<ChunkBody> => {
      if (status === 'cancelled') return { kind: 'system', label: 'cancelled', text: 'Cancelled' };
      const message = (await store.spans.lastFailure(sessionId, turn)) ?? errorTable[code].meaning;
      return { kind: 'error', code, message };
    };
    const chunks = [{ ordinal: lastOrdinal, body: await body() }];
    try {
      await store.turns.settle({ sessionId, turn, messageId, status, code, chunks });
    } catch (error) {
      // A session that was deleted has no turn to settle.
      if (!(error instanceof EverturnError && error.code === 'session_not_found')) throw error;
    }
    store.wake(sessionId);
  };
