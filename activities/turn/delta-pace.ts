/** Between writes when nothing presses: keeps a reader's eye content and a database's writes few. */
const shortestMs = 30;
/** Between writes on a busy machine: text still flows for a reader. */
const maxMs = 150;
/** With so few live streams longer ticks would save nothing. */
const few = 4;
/** Writing takes at most one part in so many of the time; the rest is for the work that produces the text. */
const share = 8;
/** How far one write moves the average: a single slow one is noise, a quick one says that the machine is free again. */
const rising = 0.2;
const falling = 0.5;

/** Before an attempt's first write: what comes all at once is sealed, not streamed. */
export const gatherMs = 5;

/**
 * How often deltas are written. Groups grow with the number of live streams, and on a busy machine each write waits for
 * its turn, so the time a write takes says when ticks must be longer.
 */
export const createPace = () => {
  let cost = 0;
  const tickMs = (live: number): number =>
    live <= few ? shortestMs : Math.min(maxMs, Math.max(shortestMs, cost * share));
  return {
    /** `ms`: from the moment the write was due until its acknowledgement was read, so a blocked event loop counts. */
    wrote(ms: number): void {
      const bounded = Math.min(ms, maxMs);
      cost += (bounded - cost) * (bounded > cost ? rising : falling);
    },
    /** From one write of the live streams to the next. */
    tickMs,
    /** From an attempt's first part to its first write: sooner than a tick, because a user waits for it. */
    firstMs: (live: number): number => Math.max(gatherMs, tickMs(live) / 4),
  };
};
