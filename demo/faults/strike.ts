import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Fault, type Plan } from './plan.ts';
import type { Trouble } from './provider.ts';
import type { FaultStack, Victim } from './stack.ts';

type Struck = { fault: Fault; outcome: 'done' | 'nobody there' | 'not possible here' };

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(parent) === pid ? [Number(name)] : [];
      } catch {
        return [];
      }
    });

const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
};

/** Waits for the moments of the plan, and does at each what it says. */
export const armFaults = (stack: FaultStack, { faults }: Plan) => {
  const struck: Struck[] = [];
  const mending: Promise<unknown>[] = [];
  const stopped = new Set<number>();
  const over = new AbortController();
  const waiting = new Set(faults);
  const calls = new Map<string, number>();

  const after = (ms: number, mend: () => void): void => {
    mending.push(
      delay(ms, undefined, { signal: over.signal })
        .catch(() => undefined)
        .then(mend),
    );
  };

  const stop = (victim: Victim, pid: number, ms: number): boolean => {
    // The connections of Postgres are processes of their own.
    const pids = [pid, ...(victim === 'postgres' ? childrenOf(pid) : [])].filter((one) => signal(one, 'SIGSTOP'));
    for (const one of pids) stopped.add(one);
    after(ms, () => {
      for (const one of pids) {
        signal(one, 'SIGCONT');
        stopped.delete(one);
      }
    });
    return pids.length > 0;
  };

  const asker = (fault: Fault, clientPort: number | null): { name: Victim; pid: number } | null => {
    if (!('target' in fault)) return null;
    if (fault.target === 'asker') return clientPort === null ? null : stack.askerOf(clientPort);
    const pid = stack.pidOf(fault.target);
    return pid === null ? null : { name: fault.target, pid };
  };

  /** Resolves when it is in effect; what mends it comes by itself. */
  const strike = async (fault: Fault, clientPort: number | null): Promise<void> => {
    let outcome: Struck['outcome'] = 'done';
    const victim = asker(fault, clientPort);
    if ('target' in fault && victim === null) outcome = 'nobody there';
    else if (fault.kind === 'kill' && victim) {
      const killing = stack.kill(victim.name).then((isDead) => {
        if (!isDead) outcome = 'nobody there';
      });
      mending.push(killing);
      // A supervisor is started again by us: what it is killed at need not wait for that.
      if (victim.name !== 'supervisor') await killing;
    } else if ((fault.kind === 'stop' || fault.kind === 'twin') && victim) {
      if (!stop(victim.name, victim.pid, fault.ms)) outcome = 'nobody there';
    } else if (fault.kind === 'cut' || fault.kind === 'held') {
      stack.links[fault.link].set({ kind: fault.kind });
      after(fault.ms, () => stack.links[fault.link].set({ kind: 'open' }));
    } else if (fault.kind === 'slow') {
      stack.links[fault.link].set({ kind: 'slow', ms: fault.delayMs });
      after(fault.ms, () => stack.links[fault.link].set({ kind: 'open' }));
    } else if (fault.kind === 'full') {
      if (stack.disk.isOwn) {
        stack.disk.fill();
        after(fault.ms, () => stack.disk.free());
      } else outcome = 'not possible here';
    }
    struck.push({ fault, outcome });
  };

  /** Those whose moment it is, each once. */
  const take = (isDue: (fault: Fault) => boolean): Fault[] => {
    const due = [...waiting].filter(isDue);
    for (const fault of due) waiting.delete(fault);
    return due;
  };

  stack.watchStatements(async (name, side, clientPort) => {
    const key = `${side} ${name}`;
    const nth = (calls.get(key) ?? 0) + 1;
    calls.set(key, nth);
    const due = take(
      ({ when }) => 'statement' in when && when.statement === name && when.side === side && when.nth === nth,
    );
    for (const fault of due) await strike(fault, clientPort);
  });
  stack.provider.watch(async (request, pieces, upstreamPort) => {
    const clientPort = stack.links.provider.clientOf(upstreamPort);
    const due = take(({ when }) => 'request' in when && when.request === request && when.pieces === pieces);
    let trouble: Trouble | null = null;
    for (const fault of due) {
      await strike(fault, clientPort);
      if (fault.kind === 'provider') trouble = fault.how;
    }
    return trouble;
  });
  for (const fault of faults) {
    const { when } = fault;
    if (!('afterMs' in when)) continue;
    const wait = delay(when.afterMs, undefined, { signal: over.signal }).then(
      () => (take((one) => one === fault).length > 0 ? strike(fault, null) : undefined),
      () => undefined,
    );
    mending.push(wait);
  }

  return {
    /** The workload is over: what has not struck does not any more, and what has is mended. */
    disarm: async (): Promise<{ struck: string[]; unreached: string[] }> => {
      const unreached = [...waiting].map(describeFault);
      waiting.clear();
      over.abort();
      stack.watchStatements(async () => undefined);
      stack.provider.watch(async () => null);
      while (mending.length > 0) await mending.shift();
      for (const pid of stopped) signal(pid, 'SIGCONT');
      for (const link of Object.values(stack.links)) link.set({ kind: 'open' });
      return {
        struck: struck.map(
          ({ fault, outcome }) => `${describeFault(fault)}${outcome === 'done' ? '' : ` (${outcome})`}`,
        ),
        unreached,
      };
    },
    done: (): Fault['kind'][] => struck.filter(({ outcome }) => outcome === 'done').map(({ fault }) => fault.kind),
  };
};
