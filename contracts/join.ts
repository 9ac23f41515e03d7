import type { Join } from './flow.ts';
import type { FanOut } from './graph.ts';

/** Members by how they ended; `neither` were skipped or excluded. */
export type Tally = { total: number; completed: number; bad: number; neither: number };

export type Joined = 'completed' | 'failed' | 'skipped';

export const emptyTally = (total: number): Tally => ({ total, completed: 0, bad: 0, neither: 0 });

const atEnd = (join: Join, { total, completed, bad, neither }: Tally): Joined => {
  if (total > 0 && neither === total) return 'skipped';
  if (join === 'all_settled') return 'completed';
  if (join === 'all') return bad > 0 ? 'failed' : 'completed';
  return completed >= (join === 'any' ? 1 : join) ? 'completed' : 'failed';
};

/**
 * How a group has ended, null while that is open. `any` and a number join as soon as enough have completed or no
 * longer can; `all` fails early only where the rest is cancelled.
 */
export const joined = ({ join, rest }: Pick<FanOut, 'join' | 'rest'>, tally: Tally): Joined | null => {
  const { total, completed, bad, neither } = tally;
  const open = total - completed - bad - neither;
  if (open <= 0) return atEnd(join, tally);
  if (join === 'all_settled') return null;
  if (join === 'all') return rest === 'cancel' && bad > 0 ? 'failed' : null;
  const wanted = join === 'any' ? 1 : join;
  if (completed >= wanted) return 'completed';
  // While none has run at all, the group can still end as skipped.
  return completed + bad > 0 && completed + open < wanted ? 'failed' : null;
};
