import { assign, setup } from 'xstate';
import type { Call, TurnEnd } from '../../contracts/activities.ts';
import type { Decision } from '../../contracts/approvals.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { DriverEvent } from '../driver/driver.ts';

export type CallState = Call & { state: 'waiting' | 'running' | 'done' };

export type TurnContext = {
  step: number;
  calls: CallState[];
  /**
   * Answers that came before the machine knew of the calls: a reply is sealed, and its approvals can be answered,
   * before the activity's end is heard; after a crash much later.
   */
  early: { call: number; decision: Decision }[];
  /** How the turn ends when it is not completed. */
  ending: { status: 'failed' | 'cancelled'; code: ErrorCode } | null;
  /** The turn that was assigned with the end of this one. */
  next: number | null;
  /** Milliseconds that the step waits now until a key can be asked, and that it has waited before. */
  restMs: number;
  restedMs: number;
};

export type TurnEvent =
  | { type: 'model.replied'; calls: Call[] }
  /** `code`: the turn was ended as failed. */
  | ({ type: 'model.finished'; code?: ErrorCode } & TurnEnd)
  /** No key can be asked for so long. */
  | { type: 'model.resting'; forMs: number }
  /** A key may be asked again before its time. */
  | { type: 'key.cleared' }
  | { type: 'tool.done'; call: number }
  /** The call has ended the turn. */
  | ({ type: 'tool.finished'; call: number } & TurnEnd)
  | { type: 'approval.answered'; step: number; call: number; decision: Decision }
  | { type: 'cancel' }
  | ({ type: 'turn.settled' } & TurnEnd)
  | { type: 'next.started' }
  | DriverEvent;

/**
 * The calls to start now. In the order the model asked: neighbours that are `pure` run together, any other runs
 * alone, and nothing overtakes a call that waits for a user.
 */
export const startable = (calls: readonly CallState[]): CallState[] => {
  const open = calls.filter(({ state }) => state !== 'done');
  const starting: CallState[] = [];
  for (const call of open) {
    if (call.approval === 'pending') break;
    if (call.effect !== 'pure') {
      if (call === open[0] && call.state === 'waiting') starting.push(call);
      break;
    }
    if (call.state === 'waiting') starting.push(call);
  }
  return starting;
};

/** The calls of a reply, with what a user has said about them already. */
const arrived = (calls: readonly Call[], early: TurnContext['early']): CallState[] =>
  calls.map((call) => {
    const answer = early.find((answered) => answered.call === call.call);
    return {
      ...call,
      approval: call.approval === 'pending' && answer ? answer.decision : call.approval,
      state: call.ran ? 'done' : 'waiting',
    };
  });

const change = (calls: CallState[], call: number, changed: Partial<CallState>): CallState[] =>
  calls.map((other) => (other.call === call ? { ...other, ...changed } : other));

const base = setup({
  types: {} as { context: TurnContext; events: TurnEvent },
  actions: {
    callModel: (_, _params: { step: number; restedMs?: number }) => {},
    runTool: (_, _params: { step: number } & Pick<Call, 'call' | 'tool' | 'effect'>) => {},
    settleTurn: (_, _params: { status: 'failed' | 'cancelled'; code: ErrorCode }) => {},
    startNext: (_, _params: { turn: number }) => {},
    keepCode: assign(({ event }) =>
      event.type === 'model.finished' && event.code ? { ending: { status: 'failed' as const, code: event.code } } : {},
    ),
    keepNext: assign(({ event }) => ('next' in event && event.next !== undefined ? { next: event.next } : {})),
    addRest: assign({ restedMs: ({ context }) => (context.restedMs ?? 0) + context.restMs }),
    cancelEffects: () => {},
  },
  delays: { rest: ({ context }) => context.restMs },
  guards: {
    allDone: ({ context }) => context.calls.every(({ state }) => state === 'done'),
    ofThisStep: ({ context, event }) => event.type === 'approval.answered' && event.step === context.step,
    awaited: ({ context, event }) =>
      event.type === 'approval.answered' &&
      event.step === context.step &&
      context.calls.some(({ call, approval }) => call === event.call && approval === 'pending'),
  },
});

const startCalls = base.enqueueActions(({ context, enqueue }) => {
  const starting = startable(context.calls);
  const numbers = new Set(starting.map(({ call }) => call));
  enqueue.assign({
    calls: context.calls.map((call) => (numbers.has(call.call) ? { ...call, state: 'running' as const } : call)),
  });
  for (const { call, tool, effect } of starting) {
    enqueue({ type: 'runTool', params: { step: context.step, call, tool, effect } });
  }
});

export const turnMachine = base.createMachine({
  id: 'turn',
  context: { step: 1, calls: [], early: [], ending: null, next: null, restMs: 0, restedMs: 0 },
  initial: 'model',
  states: {
    model: {
      entry: {
        type: 'callModel',
        // A turn that an older release has begun knows of no rest.
        params: ({ context: { step, restedMs = 0 } }) => ({ step, ...(restedMs > 0 ? { restedMs } : {}) }),
      },
      on: {
        'model.resting': {
          target: 'resting',
          actions: assign({ restMs: ({ event }) => event.forMs }),
        },
        'key.cleared': {},
        'model.finished': { target: 'ended', actions: ['keepNext', 'keepCode'] },
        'model.replied': {
          target: 'tools',
          actions: assign({ calls: ({ context, event }) => arrived(event.calls, context.early) }),
        },
        'effect.failed': {
          target: 'settling',
          actions: assign({ ending: ({ event }) => ({ status: 'failed' as const, code: event.code }) }),
        },
        cancel: 'cancelling',
        'approval.answered': {
          guard: 'ofThisStep',
          actions: assign({
            early: ({ context, event: { call, decision } }) => [...context.early, { call, decision }],
          }),
        },
      },
    },
    /** Until the first key comes back. */
    resting: {
      after: { rest: { target: 'model', actions: 'addRest' } },
      on: {
        'key.cleared': 'model',
        cancel: 'cancelling',
        'approval.answered': {},
      },
    },
    tools: {
      entry: startCalls,
      always: {
        guard: 'allDone',
        target: 'model',
        actions: assign(({ context }) => ({ step: context.step + 1, calls: [], early: [], restedMs: 0 })),
      },
      on: {
        'tool.done': {
          actions: [
            assign({ calls: ({ context, event }) => change(context.calls, event.call, { state: 'done' }) }),
            startCalls,
          ],
        },
        'tool.finished': { target: 'ended', actions: 'keepNext' },
        'approval.answered': {
          guard: 'awaited',
          actions: [
            assign({ calls: ({ context, event }) => change(context.calls, event.call, { approval: event.decision }) }),
            startCalls,
          ],
        },
        'effect.failed': {
          target: 'stopping',
          actions: assign({ ending: ({ event }) => ({ status: 'failed' as const, code: event.code }) }),
        },
        cancel: 'cancelling',
      },
    },
    cancelling: {
      entry: assign({ ending: { status: 'cancelled', code: 'turn_cancelled' } }),
      always: 'stopping',
    },
    /** Waits until everything that ran has ended: no activity and no process outlives the turn. */
    stopping: {
      entry: 'cancelEffects',
      on: { 'effects.drained': 'settling', cancel: {}, 'approval.answered': {} },
    },
    settling: {
      entry: {
        type: 'settleTurn',
        params: ({ context }) => context.ending ?? { status: 'failed', code: 'internal' },
      },
      on: {
        'turn.settled': { target: 'ended', actions: 'keepNext' },
        'effect.failed': 'done',
        cancel: {},
        'approval.answered': {},
      },
    },
    /** What remains is to start the turn of the message that waited longest. */
    ended: {
      always: { guard: ({ context }) => context.next === null, target: 'done' },
      entry: base.enqueueActions(({ context, enqueue }) => {
        if (context.next !== null) enqueue({ type: 'startNext', params: { turn: context.next } });
      }),
      on: {
        'next.started': 'done',
        'effect.failed': 'done',
        'tool.done': {},
        'tool.finished': {},
        cancel: {},
        'approval.answered': {},
      },
    },
    done: { type: 'final' },
  },
});
