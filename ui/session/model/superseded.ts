import type { StreamEvent } from '../../../contracts/events.ts';
import { type LiveOperation, reduce, type SessionView, sameOperation } from '../../../contracts/view.ts';

/** An attempt that this viewer saw being replaced by another one. No snapshot has it, so it is not part of the view. */
export type Superseded = Omit<LiveOperation, 'waits' | 'startedAt'> & {
  startedAt: string | null;
  endedAt: string;
  /** Of the error table: why it failed; null when its worker was lost. */
  code: string | null;
};

/** What `reduce` does, and the attempts that `streamed` replaces. */
export const follow = (view: SessionView, streamed: StreamEvent): { view: SessionView; superseded: Superseded[] } => {
  const next = reduce(view, streamed);
  if (next.live === view.live) return { view: next, superseded: [] };
  const superseded = view.live.flatMap(({ waits, startedAt = null, ...before }): Superseded[] => {
    const after = next.live.find((other) => sameOperation(other, before));
    if (!after || after.fence === before.fence) return [];
    return [{ ...before, startedAt, endedAt: streamed.at, code: waits?.code ?? null }];
  });
  return { view: next, superseded };
};
