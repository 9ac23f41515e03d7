import { expect, test } from 'vitest';
import type { Join, Rest } from './flow.ts';
import { emptyTally, type Joined, joined, type Tally } from './join.ts';

const joins: Join[] = ['all', 'any', 'all_settled', 1, 2, 3, 4, 5];
const rests: Rest[] = ['cancel', 'continue'];
const most = 5;

/** Each way in which members can have ended so far. */
const tallies: Tally[] = Array.from({ length: most + 1 }, (_, total) => total).flatMap((total) =>
  upTo(total).flatMap((completed) =>
    upTo(total - completed).flatMap((bad) =>
      upTo(total - completed - bad).map((neither) => ({ total, completed, bad, neither })),
    ),
  ),
);

function upTo(n: number): number[] {
  return Array.from({ length: n + 1 }, (_, i) => i);
}

const isOver = ({ total, completed, bad, neither }: Tally): boolean => completed + bad + neither === total;

/** How a group ends when every member has, by the words of the documentation. */
const ending = (join: Join, { total, completed, bad, neither }: Tally): Joined => {
  if (total > 0 && completed === 0 && bad === 0 && neither === total) return 'skipped';
  if (join === 'all_settled') return 'completed';
  const isMet = join === 'all' ? bad === 0 : join === 'any' ? completed >= 1 : completed >= join;
  return isMet ? 'completed' : 'failed';
};

/** Every end that the open members can still bring about. */
const endings = (join: Join, tally: Tally): Set<Joined> => {
  if (isOver(tally)) return new Set([ending(join, tally)]);
  const next = (['completed', 'bad', 'neither'] as const).map((end) => ({ ...tally, [end]: tally[end] + 1 }));
  return new Set(next.flatMap((one) => [...endings(join, one)]));
};

const cases = joins.flatMap((join) => rests.map((rest) => ({ join, rest })));

test.each(cases)('join $join, rest $rest: joins when nothing can change its end any more, not before', (group) => {
  const { join, rest } = group;
  const isEager = join === 'any' || typeof join === 'number' || (join === 'all' && rest === 'cancel');
  for (const tally of tallies) {
    const possible = endings(join, tally);
    const [only = null] = possible;
    const expected = isOver(tally) || (isEager && possible.size === 1) ? only : null;
    expect(joined(group, tally), JSON.stringify(tally)).toBe(expected);
  }
});

test.each(cases)('join $join, rest $rest: what has joined stays as it is', (group) => {
  for (const tally of tallies) {
    const before = joined(group, tally);
    if (before === null || isOver(tally)) continue;
    for (const end of ['completed', 'bad', 'neither'] as const) {
      expect(joined(group, { ...tally, [end]: tally[end] + 1 }), JSON.stringify(tally)).toBe(before);
    }
  }
});

test('a group without members has joined at once', () => {
  const ends = joins.map((join) => joined({ join, rest: 'cancel' }, emptyTally(0)));
  expect(ends).toEqual(['completed', 'failed', 'completed', 'failed', 'failed', 'failed', 'failed', 'failed']);
});
