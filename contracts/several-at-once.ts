/**
 * What `work` makes of each item, in their order, at most `atOnce` at a time. After one has failed, no further one is begun; those that were begun
 * are awaited before the first failure is thrown.
 */
export const severalAtOnce = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = 8,
): Promise<Result[]> => {
  const results: Result[] = [];
  const failures: { at: number; error: unknown }[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await work(items[at] as Item);
      } catch (error) {
        failures.push({ at, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  const [first] = failures.toSorted((one, other) => one.at - other.at);
  if (first) throw first.error;
  return results;
};
