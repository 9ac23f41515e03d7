import { assign, setup } from 'xstate';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { DriverEvent } from '../driver/driver.ts';

/** Children that may wait for their end at a time: with 2,000 the server refuses every task. */
const maxRunning = 200;

export type Ended = { status: 'completed' | 'failed' | 'cancelled'; code: ErrorCode | null };

/** A call that only waits for a time. */
export type Waiting = { call: string; ms: number };

/** `prefix` names all that a request has before the call's own prompt; null where nothing is to be gained by waiting. */
export type Queued = { call: string; prefix: string | null };

export type ScriptContext = {
  /** Calls that wait for a place, or for the first token of one whose prompt begins as theirs does. */
  queue: Queued[];
  running: string[];
  maxConcurrent: number;
  /** Beginnings of prompts that a provider is being shown for the first time, and those that it has seen. */
  warming: string[];
  warm: string[];
  isPaused: boolean;
  /** A pause or a resume came while the run was read: it is newer than what was read. */
  isTold: boolean;
  /** Of its time limit; null: it has none. */
  leftMs: number | null;
  ending: Ended | null;
};

/** What the script did when it last ran. */
export type Stepped = {
  type: 'stepped';
  /** Calls to carry out. */
  start: Queued[];
  wait: Waiting[];
  /** The call whose end it heard. */
  ended: string | null;
  /** Whether it asked for more, and narrated. */
  asks: boolean;
  tells: boolean;
  /** Whether scripts within it have ended. */
  ends: boolean;
  over: Ended | null;
};

export type ScriptEvent =
  | { type: 'loaded'; paused: boolean; maxConcurrent: number; leftMs: number | null }
  | { type: 'late' }
  | { type: 'ended.before' }
  | Stepped
  | { type: 'warmed'; prefix: string }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel' }
  | { type: 'settled' }
  | DriverEvent;

const base = setup({
  types: {} as { context: ScriptContext; events: ScriptEvent },
  actions: {
    loadScript: () => {},
    startScript: () => {},
    prepareCalls: () => {},
    recordLines: () => {},
    settleNested: () => {},
    expire: (_, _params: { ms: number }) => {},
    startCall: (_, _params: { call: string }) => {},
    wait: (_, _params: Waiting) => {},
    warmUp: (_, _params: { call: string; prefix: string }) => {},
    settleScript: (_, _params: Ended) => {},
    cancelEffects: () => {},
    noteFailure: assign(({ event }) =>
      event.type === 'effect.failed' ? { ending: { status: 'failed' as const, code: event.code } } : {},
    ),
  },
  guards: {
    isOver: ({ context }) => context.ending !== null,
  },
});

const admit = base.enqueueActions(({ context, enqueue }) => {
  if (context.isPaused || context.ending) return;
  const { queue, running, maxConcurrent, warm } = context;
  const places = Math.min(maxConcurrent, maxRunning) - running.length;
  const warming = [...context.warming];
  const admitted: Queued[] = [];
  const first: { call: string; prefix: string }[] = [];
  for (const [place, queued] of queue.entries()) {
    if (admitted.length >= places) break;
    const { call, prefix } = queued;
    if (prefix !== null && warming.includes(prefix)) continue;
    admitted.push(queued);
    if (prefix === null || warm.includes(prefix)) continue;
    // The others find what this one has shown the provider in its cache.
    if (!queue.slice(place + 1).some((other) => other.prefix === prefix)) continue;
    warming.push(prefix);
    first.push({ call, prefix });
  }
  if (admitted.length === 0) return;
  enqueue.assign({
    queue: queue.filter((queued) => !admitted.includes(queued)),
    running: [...running, ...admitted.map(({ call }) => call)],
    warming,
  });
  for (const { call } of admitted) enqueue({ type: 'startCall', params: { call } });
  for (const params of first) enqueue({ type: 'warmUp', params });
});

const startClock = base.enqueueActions(({ context: { leftMs }, enqueue }) => {
  if (leftMs !== null) enqueue({ type: 'expire', params: { ms: leftMs } });
});

const hearStep = base.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'stepped') return;
  const { start, wait, ended, asks, tells, ends, over } = event;
  enqueue.assign({
    queue: [...context.queue, ...start],
    running: context.running.filter((call) => call !== ended),
    ending: over,
  });
  if (over) return;
  for (const waiting of wait) enqueue({ type: 'wait', params: waiting });
  if (asks) enqueue({ type: 'prepareCalls' });
  if (tells) enqueue({ type: 'recordLines' });
  if (ends) enqueue({ type: 'settleNested' });
});

/**
 * One execution of a script: how many of its calls run at once, whether it is paused, how it ends. The script itself runs
 * in an engine beside this, and is heard of by what it did.
 */
export const scriptMachine = base.createMachine({
  id: 'script',
  context: {
    queue: [],
    running: [],
    maxConcurrent: 1,
    warming: [],
    warm: [],
    isPaused: false,
    isTold: false,
    leftMs: null,
    ending: null,
  },
  initial: 'loading',
  on: {
    // A repeated notice, or one that no longer makes a difference.
    pause: {},
    resume: {},
    cancel: {},
    stepped: {},
    loaded: {},
    settled: {},
    'ended.before': {},
    warmed: {},
    late: {},
    'effect.failed': {},
    'effects.drained': {},
  },
  states: {
    loading: {
      entry: 'loadScript',
      on: {
        loaded: {
          target: 'active',
          actions: assign(({ context, event: { paused, maxConcurrent, leftMs } }) => ({
            maxConcurrent,
            leftMs,
            isPaused: context.isTold ? context.isPaused : paused,
          })),
        },
        'ended.before': 'done',
        pause: { actions: assign({ isPaused: true, isTold: true }) },
        resume: { actions: assign({ isPaused: false, isTold: true }) },
        cancel: { target: 'stopping', actions: assign({ ending: { status: 'cancelled', code: 'run_cancelled' } }) },
        'effect.failed': { target: 'settling', actions: 'noteFailure' },
      },
    },
    active: {
      entry: ['startScript', startClock],
      always: { guard: 'isOver', target: 'stopping' },
      on: {
        stepped: { actions: [hearStep, admit] },
        warmed: {
          actions: [
            assign(({ context, event: { prefix } }) => ({
              warming: context.warming.filter((other) => other !== prefix),
              warm: [...context.warm, prefix],
            })),
            admit,
          ],
        },
        late: { target: 'stopping', actions: assign({ ending: { status: 'failed', code: 'run_timed_out' } }) },
        pause: { actions: assign({ isPaused: true }) },
        resume: { actions: [assign({ isPaused: false }), admit] },
        cancel: { target: 'stopping', actions: assign({ ending: { status: 'cancelled', code: 'run_cancelled' } }) },
        'effect.failed': { target: 'stopping', actions: 'noteFailure' },
      },
    },
    /** Agents that nobody awaited any more end with the script. */
    stopping: {
      entry: 'cancelEffects',
      on: { 'effects.drained': 'settling' },
    },
    settling: {
      entry: {
        type: 'settleScript',
        params: ({ context }) => context.ending ?? { status: 'failed', code: 'internal' },
      },
      on: { settled: 'done', 'effect.failed': 'done' },
    },
    done: { type: 'final' },
  },
});
