import type { Stack } from './stack.ts';

/** All keys may be asked again. */
export const clearMarks = async ({ store }: Pick<Stack, 'store'>): Promise<void> => {
  for (const { key } of await store.keys.marks()) await store.keys.clear(key);
};
