import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * The order in which machines hear what comes in one activation. A server may hand a workflow the end of an activity and
 * an update in one task, and replay them in two; this order is the same in both.
 */
const ranks = { result: 0, signal: 1, update: 2 } as const;

export type From = keyof typeof ranks;

export type Inbox = {
  /** Calls `deliver` once everything of the activation has been posted, and `heard` right after it. */
  post(deliver: () => void, from: From, heard?: () => void): void;
  /** Delivers now what has been posted so far, without waiting for the rest of the activation. */
  drain(): void;
};

/** Gathers what arrives in one activation and delivers it to the machines of one workflow, in the order of `ranks`. */
export const createInbox = (): Inbox => {
  // The machines of a cancelled workflow still hear everything up to their end.
  const scope = new CancellationScope({ cancellable: false });
  let posted: { deliver: () => void; from: From; heard: (() => void) | undefined }[] = [];
  let isListening = false;

  const drain = (): void => {
    const sorted = posted.toSorted((a, b) => ranks[a.from] - ranks[b.from]);
    posted = [];
    for (const { deliver, heard } of sorted) {
      deliver();
      heard?.();
    }
  };

  return {
    /**
     * Waits until every job of the activation has posted. Temporal checks conditions after each job, but before the promise
     * chains that the job has resolved. So this one is made within such a chain and is false at its first check; at the
     * second, all chains of all jobs have run.
     */
    post(deliver, from, heard) {
      posted.push({ deliver, from, heard });
      if (isListening) return;
      isListening = true;
      let looks = 0;
      void Promise.resolve()
        .then(() => scope.run(() => condition(() => looks++ > 0)))
        .then(() => {
          isListening = false;
          drain();
        });
    },
    drain,
  };
};
