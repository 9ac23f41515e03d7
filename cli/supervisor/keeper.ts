import { setTimeout as delay } from 'node:timers/promises';
import { EverturnError } from '../../contracts/errors.ts';
import { aborted } from './aborted.ts';
import { type BackoffPolicy, createBackoff, defaultBackoff } from './backoff.ts';
import type { Running, Service } from './service.ts';

export type KeeperEvents = {
  spawned(service: Service, pid: number, workerId?: string): void;
  died(service: Service, how: string): void;
  back(service: Service, afterMs: number): void;
  /** It failed too often: it is not started again. */
  gaveUp(service: Service, error: EverturnError): void;
};

export type KeeperOptions = {
  events: KeeperEvents;
  /** Services that this one needs: it is not started again before they run. */
  needs?: readonly Keeper[];
  policy?: BackoffPolicy;
  /**
   * Least time in milliseconds before it is started again. Default: 0. A process whose peers take over its work leaves
   * them the processor: its own start takes a second of it.
   */
  pauseMs?: number;
};

export type Keeper = {
  /** The first start. Its failure is thrown, not repeated: someone watches. */
  start(): Promise<void>;
  /** Settles when the process runs, at once if it does. */
  running(): Promise<void>;
  /** Says something to the process, if it runs. */
  send(message: object): void;
  /** Ends the process and keeps it ended. */
  stop(): Promise<void>;
};

/** Keeps one process running: starts it again when it ends, with growing pauses, until it fails too often. */
export const createKeeper = (
  service: Service,
  { events, needs = [], policy = defaultBackoff, pauseMs = 0 }: KeeperOptions,
): Keeper => {
  const stopping = new AbortController();
  const backoff = createBackoff(policy);
  let current: Running | null = null;
  let up = Promise.withResolvers<void>();
  let keeping: Promise<void> = Promise.resolve();

  const launch = async (): Promise<Running> => {
    const running = await service.start((...spawned) => events.spawned(service, ...spawned));
    current = running;
    up.resolve();
    return running;
  };

  const keep = async (first: Running): Promise<void> => {
    let running = first;
    while (true) {
      const startedAt = performance.now();
      const how = await running.exited;
      if (stopping.signal.aborted) return;
      current = null;
      up = Promise.withResolvers();
      events.died(service, how);
      // Beside the new start: the work of a dead worker continues in any other one.
      void service.died?.().catch(() => undefined);
      const next = await relaunch(performance.now() - startedAt, how);
      // Stopped during that start: `stop` waits for this loop to end, then ends the new process.
      if (!next || stopping.signal.aborted) return;
      running = next;
    }
  };

  /** Null when it is to stay ended. */
  const relaunch = async (livedMs: number, how: string): Promise<Running | null> => {
    const diedAt = performance.now();
    let lived = livedMs;
    let reason = `it ended with ${how}`;
    while (!stopping.signal.aborted) {
      const wait = backoff.failed(performance.now(), lived);
      if (wait === null) {
        events.gaveUp(service, gaveUpError(service, policy, reason));
        return null;
      }
      await delay(Math.max(wait, pauseMs), undefined, { signal: stopping.signal }).catch(() => undefined);
      await Promise.race([Promise.all(needs.map((need) => need.running())), aborted(stopping.signal)]);
      if (stopping.signal.aborted) return null;
      try {
        const running = await launch();
        events.back(service, performance.now() - diedAt);
        return running;
      } catch (error) {
        reason = (error as Error).message;
        lived = 0;
      }
    }
    return null;
  };

  return {
    start: async () => {
      keeping = keep(await launch());
    },
    running: () => up.promise,
    send: (message) => current?.send?.(message),
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await keeping;
      // A start that was under way when the stop came.
      await current?.stop();
    },
  };
};

const gaveUpError = (service: Service, { limit, windowMs }: BackoffPolicy, reason: string): EverturnError =>
  new EverturnError(
    'process_failed',
    `Cannot keep ${service.name} running: it failed ${limit} times within ${windowMs / 1000} s, the last time because ${reason}. Its log is ${service.log}`,
    { details: { process: service.name, log: service.log } },
  );
