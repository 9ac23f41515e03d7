/** Between writes: keeps a reader's eye content and a database's writes few. */
const delayMs = 30;
/** Before the first: what comes all at once is not written at all, it is sealed. */
const firstDelayMs = 5;

type Batcher<Item> = {
  add(items: Item[]): void;
  /** Drops what is not written: the fact that follows holds it all. Never rejects. */
  stop(): Promise<void>;
};

/**
 * Gathers what streams in and writes it in order, one write at a time. `write` is given the number of the batch, from
 * 1, and says whether it was taken; when it was not, or failed, nothing more is written and `lost` is called.
 */
export const createBatcher = <Item>(
  write: (items: Item[], batch: number) => Promise<boolean>,
  lost: () => void,
): Batcher<Item> => {
  let waiting: Item[] = [];
  let batch = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const flush = async (): Promise<void> => {
    const items = waiting;
    waiting = [];
    batch += 1;
    const isTaken = await write(items, batch).catch(() => false);
    writing = undefined;
    if (isTaken) schedule(delayMs);
    else if (!stopped) {
      stopped = true;
      lost();
    }
  };

  const schedule = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting.length > 0) writing = flush();
    }, ms);
  };

  return {
    add(items) {
      if (stopped) return;
      waiting.push(...items);
      if (!timer && !writing) schedule(firstDelayMs);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await writing;
    },
  };
};
