/** A fixed number of slots, each taken by one caller at a time; further callers wait in order. */
export type Slots<T> = {
  take(signal?: AbortSignal): Promise<T>;
  give(slot: T): void;
  /** Refuses all waiting and later callers. */
  close(reason: Error): void;
};

type Waiter<T> = { resolve(slot: T): void; reject(error: unknown): void };

export const createSlots = <T>(slots: T[]): Slots<T> => {
  const free = [...slots];
  const waiting = new Set<Waiter<T>>();
  let closed: Error | undefined;
  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (closed) throw closed;
      const slot = free.pop();
      if (slot !== undefined) return slot;
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const waiter = { resolve, reject };
      const abort = (): void => {
        waiting.delete(waiter);
        reject(signal?.reason);
      };
      waiting.add(waiter);
      signal?.addEventListener('abort', abort, { once: true });
      return promise.finally(() => signal?.removeEventListener('abort', abort));
    },
    give(slot) {
      const [first] = waiting;
      if (!first) {
        free.push(slot);
        return;
      }
      waiting.delete(first);
      first.resolve(slot);
    },
    close(reason) {
      closed = reason;
      for (const waiter of waiting) waiter.reject(reason);
      waiting.clear();
    },
  };
};
