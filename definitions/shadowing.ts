import type { Origin } from '../contracts/flow.ts';

type Entry = { name: string; origin: Origin; rank: number; file: string };

/** One name: who has it, whom that shadows, and who else has it in the same folder. */
export type Resolved<T extends Entry> = { name: string; winners: T[]; shadows: string[] };

/** `entries` in the order of their ranks. */
export const resolveNames = <T extends Entry>(entries: readonly T[]): Resolved<T>[] =>
  [...Map.groupBy(entries, ({ name }) => name)].map(([name, all]) => {
    const winners = all.filter(({ rank }) => rank === all[0]?.rank);
    return { name, winners, shadows: all.slice(winners.length).map(({ file }) => file) };
  });
