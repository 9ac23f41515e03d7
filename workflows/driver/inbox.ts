import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * The order in which machines hear what comes in one activation. A server may hand a workflow the end of an activity and
 * an update in one task, and replay them in two; this order is the same in both.
 */
const ranks = { result: 0, signal: 1, update: 2 } as const;

export type From = keyof typeof ranks;

export type Inbox = {
  /** `deliver` is called when everything of the activation has been posted, `heard` after it. */
  post(deliver: () => void, from: From, heard?: () => void): void;
  /** Delivers what has been posted, now. */
  drain(): void;
};

/** What comes to the machines of one workflow, in one order for all of them. */
export const createInbox = (): Inbox => {
  // Of a cancelled workflow the machine hears the end.
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
     * A condition is looked at after each job, before the promise chains of that job have run; so it is made within such a
     * chain, and is false at its first look: the second one comes when all chains of all jobs have run.
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
