import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import type { Delivery } from '../services/delivery.ts';
import { startRounds } from './rounds.ts';

const roundMs = 1000;

/**
 * Sends again what was committed and never confirmed: the process that took it died before or in the middle of
 * telling the workflow. Every process of the API runs one; workflows know what they have seen.
 */
export const startReconciler = (store: Store, delivery: Delivery, log: Logger) => {
  const quietly = async (action: string, deliver: () => Promise<unknown>): Promise<void> => {
    await deliver().catch((error: unknown) => log.debug({ error }, `${action} again later`));
  };
  const reconcile = async (): Promise<void> => {
    for (const due of await store.approvals.due()) {
      await quietly('answer by its default', async () => {
        if (!(await store.approvals.expire(due))) return;
        store.wake(due.sessionId);
        await delivery.approval(due.id);
      });
    }
    for (const { id } of await store.approvals.undelivered()) {
      await quietly('deliver the answer', () => delivery.approval(id));
    }
    for (const run of await store.runs.unacknowledged()) {
      await quietly('start the run', () => delivery.run(run));
    }
    for (const { id } of await store.questions.undelivered()) {
      await quietly('deliver the answer', () => delivery.question(id));
    }
  };
  return startRounds(roundMs, () => quietly('reconcile', reconcile));
};
