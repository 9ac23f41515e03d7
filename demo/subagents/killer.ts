import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptedModel } from '../../test/support/scripted-model.ts';
import { now, until } from '../support/clock.ts';
import { killNow } from '../support/kill.ts';
import type { CrashStack } from '../support/stack.ts';

export type Kill = {
  process: string;
  at: number;
  /** Agents that were cut off in the middle of a request to the model, by their keys. */
  parents: number;
  children: number;
};

/** Under the supervisor's five a minute, which would be the end of the stack. */
const deathsEach = 3;
const windowMs = 62_000;
/** Within which the model's server has heard that a dead worker's connections are gone. */
const heardMs = 250;
/** Agents that wait for the model when a process is killed, unless they do not come in time: so that kills hit some. */
const enough = 16;
const patienceMs = 30_000;

const isParent = (key: string): boolean => key.split('/').length === 2;

/** Kills processes of the stack with -9, one at a time, at random moments. */
export const createKiller = ({
  stack,
  model,
  random,
}: {
  stack: CrashStack;
  model: ScriptedModel;
  random: () => number;
}) => {
  const kills: Kill[] = [];
  const deaths = new Map<string, number[]>();

  const recent = (name: string): number => (deaths.get(name) ?? []).filter((at) => now() - at < windowMs).length;

  /** Workers more often than the rest: in them the agents are. */
  const choose = () => {
    const alive = stack.processes().filter(({ name }) => recent(name) < deathsEach);
    const workers = alive.filter(({ name }) => name.startsWith('worker'));
    const others = alive.filter(({ name }) => name === 'api' || name === 'temporal' || name === 'postgres');
    const from = workers.length > 0 && (others.length === 0 || random() < 0.75) ? workers : others;
    return from[Math.floor(random() * from.length)];
  };

  const atWork = (): number => model.requests().filter(({ outcome }) => outcome === 'running').length;

  const strike = async (): Promise<void> => {
    const victim = choose();
    const running = model.requests().filter(({ outcome }) => outcome === 'running');
    const at = victim ? await killNow(victim.pid) : null;
    if (!victim || at === null) return;
    deaths.set(victim.name, [...(deaths.get(victim.name) ?? []), at]);
    await delay(heardMs);
    const isWorker = victim.name.startsWith('worker');
    const cut = isWorker ? running.filter(({ outcome }) => outcome === 'aborted') : [];
    const keys = [...new Set(cut.flatMap(({ key }) => (key === null ? [] : [key])))];
    const parents = keys.filter(isParent).length;
    kills.push({ process: victim.name.replace(/-\d+$/, ''), at, parents, children: keys.length - parents });
  };

  return {
    kills,
    /** Until the signal aborts. */
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        await delay(200 + random() * 1300, undefined, { signal }).catch(() => undefined);
        const isWorthIt = () => signal.aborted || atWork() >= enough;
        await until('agents at work', isWorthIt, patienceMs).catch(() => undefined);
        if (!signal.aborted) await strike();
      }
    },
  };
};
