import { setTimeout as delay } from 'node:timers/promises';
import { now, until } from '../support/clock.ts';
import { killNow } from '../support/kill.ts';
import type { CrashStack } from '../support/stack.ts';

export const victims = ['scripts', 'worker', 'temporal', 'api', 'postgres', 'supervisor'] as const;
export type Victim = (typeof victims)[number];

export type Kill = { victim: Victim; at: number };

/** Of one process under one supervisor: at five within a minute it gives the stack up. */
const deathsEach: Record<Victim, number> = { scripts: 3, worker: 3, temporal: 2, api: 2, postgres: 1, supervisor: 1 };
/** How often one is chosen, against the others. */
const weights: Record<Victim, number> = { scripts: 6, worker: 2, temporal: 2, api: 1, postgres: 1, supervisor: 0 };
/** Replies of the model between one kill and the next but one: runs are disturbed all the time, and go on all the same. */
const repliesBetween = 4;
const patienceMs = 20_000;

type Options = {
  stack: CrashStack;
  random: () => number;
  /** Kills in all. */
  count: number;
  /** Of the model, whole ones, up to now. */
  replies(): number;
  isLive(): boolean;
  progress(line: string): void;
};

const victimOf = (name: string): Victim | undefined =>
  victims.find((victim) => victim === name.replace(/-\d+$/, '') && victim !== 'supervisor');

/** Kills processes of the stack with -9 while scripts run, one at a time, at random moments. */
export const createKiller = ({ stack, random, count, replies, isLive, progress }: Options) => {
  const kills: Kill[] = [];
  const repliesAt: number[] = [];
  let deaths = new Map<string, number>();

  const choose = (): { name: string; pid: number; victim: Victim } | undefined => {
    const alive = stack.processes().flatMap(({ name, pid }) => {
      const victim = victimOf(name);
      return victim && (deaths.get(name) ?? 0) < deathsEach[victim] ? [{ name, pid, victim }] : [];
    });
    let place = random() * alive.reduce((sum, { victim }) => sum + weights[victim], 0);
    return alive.find(({ victim }) => {
      place -= weights[victim];
      return place < 0;
    });
  };

  /** All that may die under this supervisor have: it dies too, and is started again by us, as by its user. */
  const isUsedUp = (): boolean => {
    const names = ['scripts-1', 'worker-1', 'temporal'];
    return names.every((name) => (deaths.get(name) ?? 0) >= deathsEach[victimOf(name) ?? 'supervisor']);
  };

  const killSupervisor = async (): Promise<void> => {
    kills.push({ victim: 'supervisor', at: now() });
    await stack.kill('supervisor');
    await stack.up();
    deaths = new Map();
  };

  const strike = async (): Promise<void> => {
    if (isUsedUp()) return await killSupervisor();
    const chosen = choose();
    const at = chosen ? await killNow(chosen.pid) : null;
    if (!chosen || at === null) return;
    deaths.set(chosen.name, (deaths.get(chosen.name) ?? 0) + 1);
    kills.push({ victim: chosen.victim, at });
  };

  /** Some kills hit a stack that is mending itself already. */
  const isMended = (): boolean => replies() >= (repliesAt.at(-2) ?? 0) + repliesBetween;

  return {
    kills,
    isDone: (): boolean => kills.length >= count,
    async run(signal: AbortSignal): Promise<void> {
      while (kills.length < count && !signal.aborted) {
        await delay(300 + random() * 700, undefined, { signal }).catch(() => undefined);
        await until('a run that moves', () => signal.aborted || (isLive() && isMended()), patienceMs).catch(() => {
          progress(`little has moved for ${patienceMs / 1000} s; the next kill comes all the same`);
        });
        if (signal.aborted) return;
        repliesAt.push(replies());
        await strike();
        if (kills.length % 25 === 0) progress(`${kills.length} of ${count} kills`);
      }
    },
  };
};
