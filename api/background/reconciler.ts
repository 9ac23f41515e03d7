import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import type { Delivery } from '../services/delivery.ts';
import { createQuietly, startRounds } from './rounds.ts';

const roundMs = 1000;

/**
 * Sends again what was committed and never confirmed, because the process that took it died before or while it notified
 * the workflow. Every API process runs one; workflows ignore repeated messages.
 */
export const startReconciler = (store: Store, delivery: Delivery, log: Logger) => {
  const quietly = createQuietly(log);
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
