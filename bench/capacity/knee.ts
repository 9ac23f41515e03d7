import { kneeRatio } from './workload.ts';

/** p50 with so many sessions live, as a multiple of the p50 with one. */
export type Probe = { sessions: number; ratio: number };

const firstFull = (probes: readonly Probe[]): number =>
  Math.min(...probes.filter(({ ratio }) => ratio > kneeRatio).map(({ sessions }) => sessions));

/** The largest number of sessions that a turn does not notice, of those tried. 1 where none was tried. */
export const kneeOf = (probes: readonly Probe[]): number => {
  const full = firstFull(probes);
  return Math.max(1, ...probes.map(({ sessions }) => sessions).filter((sessions) => sessions < full));
};

/** The number to try next, at most `most`; null when the knee is known to a tenth. */
export const nextProbe = (probes: readonly Probe[], most: number): number | null => {
  const knee = kneeOf(probes);
  const full = firstFull(probes);
  if (full === Number.POSITIVE_INFINITY) return knee >= most ? null : Math.min(most, knee * 2);
  return full - knee <= Math.max(1, knee / 10) ? null : Math.floor((knee + full) / 2);
};
