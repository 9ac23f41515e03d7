/**
 * Runs what has the same key one at a time, in the order in which it came. Where `concernsAll` says so, what one fails
 * with is what all that wait behind it fail with: none of them is tried while it would only take as long to fail.
 */
export const createLanes = (concernsAll: (error: unknown) => boolean) => {
  const last = new Map<string, Promise<unknown>>();

  return <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, (error: unknown) => {
      if (concernsAll(error)) throw error;
      return work();
    });
    last.set(key, mine);
    const leave = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
};
