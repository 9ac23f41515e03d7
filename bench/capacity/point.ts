import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../processes.ts';
import type { Contestant, ContestantName, Processes, SeenTurn } from './contestant.ts';
import { cpuMsByGroup, ownCpuMs, pssOf } from './usage.ts';
import { realTurn, turnsPerSession } from './workload.ts';

/** One contestant with so many sessions live. */
export type Point = {
  contestant: ContestantName;
  round: number;
  sessions: number;
  turns: SeenTurn[];
  /** CPU milliseconds of a turn by group; `model` and `load`, the bench itself, are charged to nobody. */
  cpuMs: Record<string, number>;
  /** PSS while the sessions are live less that before they were opened, for each. */
  bytesPerSession: number;
};

/** In the middle of the first reply. */
const memoryAfterMs = 2_000;
/** What a contestant still has to do when its client has the reply is of the turn as well. */
const tailMs = 500;
const limitMs = 180_000;

const within = async <Result>(what: Promise<Result>): Promise<Result> => {
  const stop = new AbortController();
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`It took more than ${limitMs / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([what, late]);
  } finally {
    stop.abort();
  }
};

const used = (processes: Processes, modelPid: number): Record<string, number> => ({
  ...cpuMsByGroup(processes),
  model: cpuSeconds(modelPid) * 1000,
  load: ownCpuMs(),
});

export type Shape = { sessions: number; round: number; modelPid: number };

/** All sessions begin together; each sends its next message when it has the reply to the last. */
export const measurePoint = async (contestant: Contestant, { sessions, round, modelPid }: Shape): Promise<Point> => {
  const processes = contestant.processes();
  const pssBefore = pssOf(processes);
  const talks = await Promise.all(Array.from({ length: sessions }, () => contestant.open()));
  try {
    const before = used(processes, modelPid);
    const turns: SeenTurn[] = [];
    const playing = Promise.all(
      talks.map(async (talk) => {
        for (let turn = 0; turn < turnsPerSession(sessions); turn += 1) turns.push(await talk.turn(realTurn));
      }),
    );
    const pssLive = delay(memoryAfterMs).then(() => pssOf(processes));
    await within(playing);
    await delay(tailMs);
    const after = used(processes, modelPid);
    return {
      contestant: contestant.name,
      round,
      sessions,
      turns,
      cpuMs: Object.fromEntries(
        Object.entries(after).map(([group, ms]) => [group, (ms - (before[group] ?? 0)) / turns.length]),
      ),
      bytesPerSession: ((await pssLive) - pssBefore) / sessions,
    };
  } finally {
    await Promise.all(talks.map((talk) => talk.close()));
  }
};
