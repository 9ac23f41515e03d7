import type { Span } from '../../contracts/api.ts';
import { usageOf } from '../trace/model/trace.ts';

const isCut = ({ status }: Span): boolean => status === 'interrupted';

/** What durability saved. */
type Saved = {
  /** Times that a worker was lost in the middle of the work. */
  crashes: number;
  /** Requests and tool calls that had ended before a crash, and were not made again after it. */
  kept: number;
  /** What the kept requests had cost, in dollars; null when no cost is known. */
  cost: number | null;
};

/** Operations that are lost with one worker end within this time of each other. */
const togetherMs = 2_000;

/** From the spans of turns in which something was cut off. Other turns add nothing. */
export const savedBy = (spans: readonly Span[]): Saved => {
  let crashes = 0;
  let kept = 0;
  let cost: number | null = null;
  for (const turn of new Set(spans.filter(isCut).map((span) => span.turn))) {
    const ofTurn = spans.filter((span) => span.turn === turn);
    const ends = ofTurn
      .filter(isCut)
      .map(({ endedAt }) => Date.parse(endedAt))
      .toSorted((a, b) => a - b);
    crashes += ends.filter((end, at) => at === 0 || end - (ends[at - 1] ?? 0) > togetherMs).length;
    const last = ends.at(-1) ?? 0;
    for (const span of ofTurn) {
      if (span.status !== 'ok' || Date.parse(span.endedAt) > last) continue;
      kept += 1;
      const paid = usageOf(span)?.cost;
      if (paid !== null && paid !== undefined) cost = (cost ?? 0) + paid;
    }
  }
  return { crashes, kept, cost };
};
