import { isOfStorage } from '../../contracts/errors.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import type { Delta, DeltaOutcome } from '../../store/deltas.ts';
import type { Operation } from '../../store/operations.ts';
import type { Store } from '../../store/store.ts';
import { type Backlog, createBacklog } from './delta-backlog.ts';
import { type Group, maxCharacters, takeGroup } from './delta-group.ts';
import { createPace, gatherMs } from './delta-pace.ts';

/** Transactions at once. Postgres commits them together, so a single lane would only add waiting. */
const lanes = 3;
/** Timers may fire a little early. */
const slackMs = 1;

/** What one attempt streams. */
export type DeltaStream = {
  add(parts: readonly DeltaPart[]): void;
  addOutput(callId: string, text: string): void;
  /** Drops what is not written, because the fact that follows holds it all; waits for a write in flight. Never rejects. */
  stop(): Promise<void>;
};

export type DeltaWriter = {
  /** `lost` is called once when a write was refused or failed: another attempt has the fence. */
  open(attempt: { operation: Operation; fence: number }, lost: () => void): DeltaStream;
  /** Stops all streams. */
  close(): Promise<void>;
};

type Live = { backlog: Backlog; lost: () => void; dueAt: number; writing: Promise<void> | undefined };

/**
 * Writes what all attempts of a process stream, as groups: at each tick everything that has gathered goes into one
 * transaction, or into a few where it is much. A stream is in at most one transaction, so its batches keep their order.
 * After its first batch a stream follows the common ticks; the first one comes sooner.
 */
export const createDeltaWriter = ({ store }: { store: Pick<Store, 'deltas' | 'wakeAll'> }): DeltaWriter => {
  const pace = createPace();
  const live = new Set<Live>();
  /** Streams with something to write and nothing in flight. */
  const waiting = new Set<Live>();
  const writing = new Set<Promise<void>>();
  let tickAt = 0;
  let firstAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  const nextTick = (now: number): number => {
    if (tickAt <= now) tickAt = Math.max(tickAt + pace.tickMs(live.size), now + gatherMs);
    return tickAt;
  };

  /** First batches that come together share a write too, of the next tick or of their own. */
  const nextFirst = (now: number): number => {
    const soonest = now + gatherMs;
    if (firstAt < soonest) firstAt = now + pace.firstMs(live.size);
    return tickAt >= soonest ? Math.min(tickAt, firstAt) : firstAt;
  };

  const arm = (at: number): void => {
    if (at >= timerAt || writing.size >= lanes) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(tick, Math.max(0, at - performance.now()));
  };

  const armForAll = (): void => {
    if (waiting.size > 0) arm(Math.min(...[...waiting].map(({ dueAt }) => dueAt)));
  };

  const dueAt = ({ backlog }: Live): number => {
    const now = performance.now();
    if (backlog.isNew) return nextFirst(now);
    // More than a transaction holds does not wait for ticks.
    return backlog.length >= maxCharacters && !backlog.isUnconfirmed ? now : nextTick(now);
  };

  const wait = (stream: Live): void => {
    if (!live.has(stream) || stream.writing || waiting.has(stream) || stream.backlog.isEmpty) return;
    stream.dueAt = dueAt(stream);
    waiting.add(stream);
    arm(stream.dueAt);
  };

  const end = (stream: Live): boolean => {
    waiting.delete(stream);
    return live.delete(stream);
  };

  const append = async (deltas: readonly Delta[]): Promise<DeltaOutcome[]> => {
    try {
      return await store.deltas.append(deltas);
    } catch (error) {
      const isAway = isOfStorage(error);
      if (isAway || deltas.length === 1) return deltas.map(() => 'lost');
      // One that Postgres refuses must not take the others with it.
      return (await Promise.all(deltas.map((delta) => append([delta])))).flat();
    }
  };

  const write = async (group: Group<Live>, since: number): Promise<void> => {
    const outcomes = await append(group.map(({ delta }) => delta));
    pace.wrote(performance.now() - since);
    const written = group.filter((_, index) => outcomes[index] === 'written');
    if (written.length > 0) store.wakeAll(written.map(({ delta }) => delta.session));
    for (const { stream } of written) stream.backlog.confirm();
    for (const [index, { stream }] of group.entries()) {
      stream.writing = undefined;
      const isLost = outcomes[index] !== 'written' && outcomes[index] !== 'busy';
      if (isLost && end(stream)) stream.lost();
    }
  };

  const launch = (group: Group<Live>, since: number): void => {
    const lane = write(group, since);
    writing.add(lane);
    for (const { stream } of group) stream.writing = lane;
    void lane.then(() => {
      writing.delete(lane);
      for (const { stream } of group) wait(stream);
      armForAll();
    });
  };

  const tick = (): void => {
    const since = timerAt;
    timerAt = Number.POSITIVE_INFINITY;
    const limit = performance.now() + slackMs;
    const ready = [...waiting].filter((stream) => stream.dueAt <= limit).toSorted((a, b) => a.dueAt - b.dueAt);
    while (ready.length > 0 && writing.size < lanes) {
      const group = takeGroup(ready);
      for (const { stream } of group) waiting.delete(stream);
      launch(group, since);
    }
    armForAll();
  };

  const stop = async (stream: Live): Promise<void> => {
    end(stream);
    await stream.writing;
  };

  return {
    open({ operation, fence }, lost) {
      const backlog = createBacklog(operation, fence);
      const stream: Live = { backlog, lost, dueAt: 0, writing: undefined };
      live.add(stream);
      const grow = (add: () => void): void => {
        if (!live.has(stream)) return;
        add();
        wait(stream);
      };
      return {
        add: (parts) => grow(() => backlog.addParts(parts)),
        addOutput: (callId, text) => grow(() => backlog.addOutput(callId, text)),
        stop: () => stop(stream),
      };
    },
    async close() {
      clearTimeout(timer);
      await Promise.all([...live].map(stop));
    },
  };
};
