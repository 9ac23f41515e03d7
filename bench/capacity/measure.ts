import type { Contestant, ContestantName } from './contestant.ts';
import type { Field } from './field.ts';
import { kneeOf, nextProbe, type Probe } from './knee.ts';
import { measurePoint, type Point } from './point.ts';
import { p50 } from './results.ts';
import { counted, searchBeyond } from './workload.ts';

/** Bounded, so that a noisy machine cannot draw the bench out. */
const maxProbes = 6;

export type Plan = { rounds: number; sizes: readonly number[]; progress(line: string): void };
export type Measured = { points: Point[]; failures: string[] };

/** All of them, another one first for each `turn`. */
const inOrderOf = (turn: number, contestants: readonly Contestant[]): Contestant[] => {
  const first = turn % Math.max(1, contestants.length);
  return [...contestants.slice(first), ...contestants.slice(0, first)];
};

export const maxSessions = (sizes: readonly number[]): number => searchBeyond * Math.max(...sizes);

/** Multiples of a contestant's own p50 with one session, in one round. */
export const probesOf = (points: readonly Point[], name: ContestantName, round: number): Probe[] => {
  const own = points.filter((point) => point.contestant === name && point.round === round);
  const alone = own.find(({ sessions }) => sessions === 1);
  return alone ? own.map((point) => ({ sessions: point.sessions, ratio: p50(point) / p50(alone) })) : [];
};

/** Contestants alternate, and the first is another one at each size and in each round. One that fails is left out from then on. */
export const measureAll = async (field: Field, { rounds, sizes, progress }: Plan): Promise<Measured> => {
  const { model: modelPid } = field.servers.processes;
  const measured: Measured = { points: [], failures: [] };
  const failed = new Set<ContestantName>();

  const probe = async (contestant: Contestant, sessions: number, round: number): Promise<void> => {
    if (failed.has(contestant.name)) return;
    try {
      const point = await measurePoint(contestant, { sessions, round, modelPid });
      measured.points.push(point);
      progress(`    ${contestant.title}: p50 ${(p50(point) / 1000).toFixed(2)} s`);
    } catch (error) {
      failed.add(contestant.name);
      const reason = error instanceof Error ? error.message : String(error);
      measured.failures.push(`Cannot measure ${contestant.title} with ${counted(sessions)}: ${reason}`);
      progress(`    ${contestant.title} FAILED: ${reason}`);
    }
  };

  for (let round = 0; round < rounds; round += 1) {
    for (const [index, sessions] of sizes.entries()) {
      progress(`  round ${round + 1} of ${rounds}, ${counted(sessions)}`);
      for (const contestant of inOrderOf(round + index, field.contestants)) await probe(contestant, sessions, round);
    }
    for (let step = 0; step < maxProbes; step += 1) {
      for (const contestant of inOrderOf(round + step, field.contestants)) {
        const probes = probesOf(measured.points, contestant.name, round);
        const sessions = nextProbe(probes, maxSessions(sizes));
        if (sessions === null || failed.has(contestant.name)) continue;
        progress(`  round ${round + 1} of ${rounds}, the knee is ${kneeOf(probes)} or more; ${counted(sessions)}`);
        await probe(contestant, sessions, round);
      }
    }
  }
  return measured;
};
