import { percentile } from '../../bench/stats.ts';
import type { Verdict } from './judge.ts';
import { type Kill, type Victim, victims } from './killer.ts';

export type Recovery = { victim: Victim; kills: number; p50: number; p95: number; max: number };

/** From each kill to the next thing of any run that began or ended; null where nothing came any more. */
export const recoveriesOf = (kills: readonly Kill[], runs: readonly Verdict[]): (Kill & { ms: number })[] => {
  const moves = runs.flatMap((run) => run.moves).toSorted((a, b) => a - b);
  return kills.flatMap((kill) => {
    const next = moves.find((at) => at > kill.at);
    return next === undefined ? [] : [{ ...kill, ms: next - kill.at }];
  });
};

const rowOf = (victim: Victim, times: readonly number[]): Recovery => ({
  victim,
  kills: times.length,
  p50: percentile(times, 0.5),
  p95: percentile(times, 0.95),
  max: Math.max(...times),
});

export const byVictim = (kills: readonly (Kill & { ms: number })[]): Recovery[] =>
  victims
    .map((victim) =>
      rowOf(
        victim,
        kills.filter((kill) => kill.victim === victim).map(({ ms }) => ms),
      ),
    )
    .filter(({ kills: count }) => count > 0);
