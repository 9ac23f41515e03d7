import type { Logger } from 'pino';
import type { Attachments } from '../../attachments/attachments.ts';
import { startRounds } from './rounds.ts';

const roundMs = 10 * 60_000;

/** Removes what nothing refers to. Every process of the API does: rows are locked while their files go. */
export const startAttachmentSweep = (attachments: Pick<Attachments, 'sweep' | 'adoptStrays'>, log: Logger) => {
  let isFirst = true;
  return startRounds(roundMs, async () => {
    try {
      if (isFirst) await attachments.adoptStrays();
      isFirst = false;
      const removed = await attachments.sweep();
      if (removed > 0) log.info({ removed }, 'attachments that nothing refers to were removed');
    } catch (error) {
      log.warn({ error }, 'attachments are swept again later');
    }
  });
};
