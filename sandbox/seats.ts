/** A fixed number of places, taken by one each; those who find none wait in the order they came. */
export type Seats<T> = {
  take(signal?: AbortSignal): Promise<T>;
  give(seat: T): void;
  /** All who wait, and all who come later, are refused. */
  close(reason: Error): void;
};

type Waiter<T> = { resolve(seat: T): void; reject(error: unknown): void };

export const createSeats = <T>(seats: T[]): Seats<T> => {
  const free = [...seats];
  const waiting = new Set<Waiter<T>>();
  let closed: Error | undefined;
  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (closed) throw closed;
      const seat = free.pop();
      if (seat !== undefined) return seat;
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
    give(seat) {
      const [first] = waiting;
      if (!first) {
        free.push(seat);
        return;
      }
      waiting.delete(first);
      first.resolve(seat);
    },
    close(reason) {
      closed = reason;
      for (const waiter of waiting) waiter.reject(reason);
      waiting.clear();
    },
  };
};
