import type { Origin } from '../contracts/flow.ts';

type Entry = { name: string; origin: Origin; file: string };

/** One name: who has it, whom that shadows, and who else has it at the same origin. */
export type Resolved<T extends Entry> = { name: string; winners: T[]; shadows: string[] };

/** `entries` in the order of their origins. */
export const resolveNames = <T extends Entry>(entries: readonly T[]): Resolved<T>[] =>
  [...Map.groupBy(entries, ({ name }) => name)].map(([name, all]) => {
    const winners = all.filter(({ origin }) => origin === all[0]?.origin);
    return { name, winners, shadows: all.slice(winners.length).map(({ file }) => file) };
  });
