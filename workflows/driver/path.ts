import type { Move } from './messages.ts';

/** Kept of a long path: the moves at its start, and the newest ones. */
const kept = { first: 20, last: 200 };

/** The path that a machine takes. A long one loses its middle: a turn of a thousand requests moves two thousand times. */
export const createPath = () => {
  const moves: Move[] = [];
  let left = 0;
  let last = '';
  return {
    /** Remembers the value where it is another one than before. */
    note(event: string | null, value: unknown): void {
      const now = JSON.stringify(value);
      if (now === last) return;
      last = now;
      moves.push({ at: Date.now(), event, value });
      if (moves.length <= kept.first + kept.last) return;
      moves.splice(kept.first, 1);
      left += 1;
    },
    report: (): { path: Move[]; left: number } => ({ path: moves, left }),
  };
};
