import { once } from 'node:events';
import type { Asker } from '../../asker.ts';
import { serverLimits } from '../limits.ts';

/** A call that a server works on. */
export type Caller = {
  asker: Asker | undefined;
  /** For people; not part of the result. */
  onOutput(text: string): void;
  /** Aborted when the call has taken too long: the time in which somebody is asked does not count. */
  late: AbortSignal;
  /** Aborted when the call has ended. */
  over: AbortSignal;
  pause(): void;
  resume(): void;
  /** The server works on it: its time begins anew. */
  renew(): void;
  leave(): void;
};

type Entering = { asker: Asker | undefined; onOutput(text: string): void; signal: AbortSignal; ms: number };

/** As the SDK words it. */
const lateError = (): Error => new Error('Request timed out');

/**
 * The calls that run on one server. MCP does not say in which call a server asks: it is the only one that runs. Once a server
 * has asked, its calls run one after the other.
 */
export const createCallers = () => {
  const running = new Set<Caller>();
  const changes = new EventTarget();
  let isSerial = false;
  let waiting = 0;

  const changed = async (signal: AbortSignal): Promise<void> => {
    await once(changes, 'change', { signal }).catch(() => undefined);
    signal.throwIfAborted();
  };

  const begin = ({ asker, onOutput, ms }: Entering): Caller => {
    const late = new AbortController();
    const over = new AbortController();
    const end = performance.now() + serverLimits.callMs;
    let left = ms;
    let since = performance.now();
    let pauses = 0;
    let timer: NodeJS.Timeout;
    const within = (most: number): void => {
      clearTimeout(timer);
      since = performance.now();
      timer = setTimeout(() => late.abort(lateError()), Math.max(1, Math.min(most, end - since)));
    };
    within(left);
    const caller: Caller = {
      asker,
      onOutput,
      late: late.signal,
      over: over.signal,
      pause() {
        pauses += 1;
        if (pauses > 1) return;
        left = Math.max(1, left - (performance.now() - since));
        within(Number.POSITIVE_INFINITY);
      },
      resume() {
        pauses -= 1;
        if (pauses === 0 && !over.signal.aborted) within(left);
      },
      renew() {
        left = ms;
        if (pauses === 0 && !over.signal.aborted) within(left);
      },
      leave() {
        clearTimeout(timer);
        over.abort(new Error('The call has ended'));
        running.delete(caller);
        changes.dispatchEvent(new Event('change'));
      },
    };
    running.add(caller);
    return caller;
  };

  return {
    async enter(entering: Entering): Promise<Caller> {
      while (isSerial && running.size > 0) await changed(entering.signal);
      return begin(entering);
    },

    /** Null where nobody can say: no call runs, or as many ask as run. */
    async whoAsks(signal: AbortSignal): Promise<Caller | null> {
      isSerial = true;
      waiting += 1;
      changes.dispatchEvent(new Event('change'));
      try {
        while (running.size > 1 && waiting < running.size) await changed(signal);
        const [only, another] = running;
        return another ? null : (only ?? null);
      } finally {
        waiting -= 1;
      }
    },
  };
};

export type Callers = ReturnType<typeof createCallers>;
