import { EverturnError } from '../../contracts/errors.ts';
import type { Run } from '../../contracts/runs.ts';
import type { Message } from '../../store/messages.ts';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';

/** Brings committed rows to their workflows. Whatever it fails to bring, it brings again later. */
export const createDelivery = (store: Store, gateway: Gateway) => {
  /**
   * The number of its turn; null when it waits for the workflow of a background agent to take it. Throws what the
   * workflow rejects it with, after taking the message back.
   */
  const message = async (row: Message): Promise<number | null> => {
    const addressee = await store.messages.addressee(row.sessionId);
    if (!addressee)
      throw new EverturnError('session_not_found', `Cannot send to session ${row.sessionId}: there is none of this id`);
    try {
      const taken = addressee.isBackground ? await gateway.submitToRunning(row) : await gateway.submit(addressee, row);
      return taken?.turn ?? null;
    } catch (error) {
      // How a background agent ended is for the session to hear, however long that takes.
      if (row.id.startsWith('subagent/')) throw error;
      if (error instanceof EverturnError && (error.code === 'session_busy' || error.code === 'queue_full')) {
        await store.messages.withdraw(row.id, row.sessionId, error.code);
        store.wake(row.sessionId);
      }
      throw error;
    }
  };

  const approval = async (id: string): Promise<void> => {
    const row = await store.approvals.find(id);
    if (!row) return;
    await gateway.answer(row);
    await store.approvals.delivered(id);
  };

  const question = async (id: string): Promise<void> => {
    const row = await store.questions.find(id);
    if (!row) return;
    await gateway.tellAnswered(row.node);
    await store.questions.delivered(id);
  };

  /** Confirmed by the run's first activity. */
  const run = (row: Pick<Run, 'id' | 'kind' | 'name'>): Promise<void> => gateway.startRun(row);

  return { message, approval, question, run };
};

export type Delivery = ReturnType<typeof createDelivery>;

/** The row stands: what Temporal cannot be told now, it is told by the reconciler. */
export const unlessAway = async <Result>(delivering: Promise<Result>): Promise<Result | null> => {
  try {
    return await delivering;
  } catch (error) {
    if (error instanceof EverturnError && error.code === 'temporal_unavailable') return null;
    throw error;
  }
};
