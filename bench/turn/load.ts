import { now } from '../clock.ts';
import { cpuMsOf, cpuSince } from '../cpu.ts';
import { planText } from '../model/plan.ts';
import type { Contestant, TurnTime } from './contestant.ts';

export type Load = {
  times: TurnTime[];
  perSecond: number;
  /** CPU milliseconds for one turn, by process; Postgres with its backends. `load` is the bench itself. */
  cpuMs: Record<string, number>;
};

/** So many new sessions at once, each sending its next message when the reply to the last is whole. */
export const runLoad = async (
  contestant: Contestant,
  { sessions, turns }: { sessions: number; turns: number },
): Promise<Load> => {
  const talks = await Promise.all(Array.from({ length: sessions }, () => contestant.open()));
  const before = cpuMsOf(contestant.processes);
  const startedAt = now();
  const times: TurnTime[] = [];
  await Promise.all(
    talks.map(async (talk) => {
      for (let turn = 0; turn < turns; turn += 1) times.push(await talk.turn(planText()));
    }),
  );
  const seconds = (now() - startedAt) / 1000;
  const used = cpuSince(contestant.processes, before);
  await Promise.all(talks.map((talk) => talk.close()));
  return {
    times,
    perSecond: times.length / seconds,
    cpuMs: Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, ms / times.length])),
  };
};
