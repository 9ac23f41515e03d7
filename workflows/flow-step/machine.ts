import { assign, setup } from 'xstate';
import type { Concluded, Prepared, Work } from '../../contracts/activities.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { NodeStatus } from '../../contracts/runs.ts';
import type { DriverEvent } from '../driver/driver.ts';

/** Of one step or item, as its graph says. */
export type StepInput = { retries: number; backoffMs: number; timeoutMs: number | null };

type Failure = { status: 'failed' | 'timed_out' | 'cancelled'; code: ErrorCode };

export type StepContext = StepInput & {
  attempt: number;
  /** Times the agent was asked to mend its result. */
  repairs: number;
  work: Work | null;
  /** An answer that came before the step heard that its question is asked. */
  isAnswered: boolean;
  failure: Failure | null;
  /** No attempt follows. */
  isFinal: boolean;
  /** The attempt has not begun: it waits for a place. */
  isQueued: boolean;
  /** How the step has ended. */
  status: NodeStatus;
  chosen: number | null;
};

export type StepEvent =
  | { type: 'prepared'; prepared: Prepared }
  | { type: 'work.ended' }
  | { type: 'answered' }
  /** It has a place among the agents that run. */
  | { type: 'admitted' }
  | { type: 'concluded'; concluded: Concluded }
  | { type: 'settled'; status: NodeStatus }
  | { type: 'cancel' }
  /** The time of the whole group is over. */
  | { type: 'expire' }
  | DriverEvent;

const maxBackoffMs = 3_600_000;

const asEvent = <Type extends StepEvent['type']>(event: StepEvent, type: Type): Extract<StepEvent, { type: Type }> => {
  if (event.type !== type) throw new Error(`Expected ${type}, got ${event.type}`);
  return event as Extract<StepEvent, { type: Type }>;
};

/** A budget that is spent stays so, and an agent that a guard has stopped would cost as much once more. */
const neverRetried: readonly unknown[] = [
  'budget_spent',
  'turn_budget_spent',
  'session_budget_spent',
  'result_refused',
  'calls_repeated',
  'failures_repeated',
] satisfies ErrorCode[];

const base = setup({
  types: {} as { context: StepContext; input: StepInput; events: StepEvent },
  actions: {
    prepareStep: (_, _params: { attempt: number }) => {},
    doWork: (_, _params: { work: Work }) => {},
    concludeStep: (_, _params: { attempt: number; repairs: number }) => {},
    settleStep: (_, _params: Failure & { attempt: number }) => {},
    cancelEffects: () => {},
    keepOutcome: assign(({ event }) => {
      if (event.type === 'prepared' && event.prepared.outcome === 'settled') {
        return { status: event.prepared.status, chosen: event.prepared.chosen ?? null };
      }
      if (event.type === 'concluded' && event.concluded.outcome === 'settled') {
        return { status: event.concluded.status };
      }
      return event.type === 'settled' ? { status: event.status } : {};
    }),
    keepFailure: assign(({ event }) => {
      if (event.type === 'prepared' && event.prepared.outcome === 'failed') {
        const { code } = event.prepared;
        return { failure: { status: code === 'code_timeout' ? ('timed_out' as const) : ('failed' as const), code } };
      }
      if (event.type === 'concluded' && event.concluded.outcome === 'failed') {
        return { failure: { status: 'failed' as const, code: event.concluded.code } };
      }
      return event.type === 'effect.failed' ? { failure: { status: 'failed' as const, code: event.code } } : {};
    }),
  },
  guards: {
    hasSettled: ({ event }) =>
      (event.type === 'prepared' && event.prepared.outcome === 'settled') ||
      (event.type === 'concluded' && event.concluded.outcome === 'settled'),
    hasFailed: ({ event }) =>
      (event.type === 'prepared' && event.prepared.outcome === 'failed') ||
      (event.type === 'concluded' && event.concluded.outcome === 'failed'),
    isToWait: ({ event }) => event.type === 'prepared' && event.prepared.outcome === 'queued',
    asksPerson: ({ event }) =>
      event.type === 'prepared' && event.prepared.outcome === 'work' && event.prepared.work.kind === 'question',
    mayRetry: ({ context: { isFinal, failure, attempt, retries } }) =>
      !isFinal && !neverRetried.includes(failure?.code) && attempt <= retries,
    isBounded: ({ context }) => context.timeoutMs !== null,
    hasDeadline: ({ context }) => context.work?.kind === 'question' && context.work.deadlineMs !== null,
  },
  delays: {
    timeout: ({ context }) => context.timeoutMs ?? 0,
    deadline: ({ context }) => (context.work?.kind === 'question' ? (context.work.deadlineMs ?? 0) : 0),
    backoff: ({ context }) => Math.min(context.backoffMs * 2 ** (context.attempt - 1), maxBackoffMs),
  },
});

/** One step of a flow, or one item of a step that maps: attempts, their time limit, and what follows a failure. */
export const stepMachine = base.createMachine({
  id: 'flow-step',
  context: ({ input }) => ({
    ...input,
    attempt: 0,
    repairs: 0,
    work: null,
    isAnswered: false,
    failure: null,
    isFinal: false,
    isQueued: false,
    status: 'pending',
    chosen: null,
  }),
  initial: 'attempting',
  on: {
    // Late ends of what was cut off, and messages that no longer make a difference.
    prepared: {},
    'work.ended': {},
    answered: {},
    admitted: {},
    concluded: {},
    settled: {},
    cancel: {},
    expire: {},
    'effect.failed': {},
    'effects.drained': {},
  },
  states: {
    attempting: {
      entry: assign(({ context }) => ({
        attempt: context.isQueued ? context.attempt : context.attempt + 1,
        isQueued: false,
        repairs: 0,
        work: null,
        isAnswered: false,
        failure: null,
      })),
      initial: 'preparing',
      after: { timeout: { guard: 'isBounded', target: 'timingOut' } },
      on: {
        cancel: 'cancelling',
        expire: { target: 'timingOut', actions: assign({ isFinal: true }) },
        'effect.failed': { target: 'failing', actions: 'keepFailure' },
      },
      states: {
        preparing: {
          entry: { type: 'prepareStep', params: ({ context }) => ({ attempt: context.attempt }) },
          on: {
            answered: { actions: assign({ isAnswered: true }) },
            prepared: [
              { guard: 'hasSettled', target: '#flow-step.done', actions: 'keepOutcome' },
              { guard: 'hasFailed', target: '#flow-step.failing', actions: 'keepFailure' },
              { guard: 'isToWait', target: '#flow-step.queued', actions: assign({ isQueued: true }) },
              {
                guard: 'asksPerson',
                target: 'waiting',
                actions: assign({
                  work: ({ event }) => (event.prepared.outcome === 'work' ? event.prepared.work : null),
                }),
              },
              {
                target: 'working',
                actions: assign({
                  work: ({ event }) => (event.prepared.outcome === 'work' ? event.prepared.work : null),
                }),
              },
            ],
          },
        },
        working: {
          entry: base.enqueueActions(({ context, enqueue }) => {
            if (context.work) enqueue({ type: 'doWork', params: { work: context.work } });
          }),
          on: { 'work.ended': 'concluding' },
        },
        /** For a user, with or without a deadline. */
        waiting: {
          always: { guard: ({ context }) => context.isAnswered, target: 'concluding' },
          after: { deadline: { guard: 'hasDeadline', target: 'concluding' } },
          on: { answered: 'concluding' },
        },
        concluding: {
          entry: {
            type: 'concludeStep',
            params: ({ context }) => ({ attempt: context.attempt, repairs: context.repairs }),
          },
          on: {
            // Items that continue after the join no longer decide anything.
            'effect.failed': { guard: ({ event }) => event.effect === 'doWork' },
            concluded: [
              { guard: 'hasSettled', target: '#flow-step.done', actions: 'keepOutcome' },
              { guard: 'hasFailed', target: '#flow-step.failing', actions: 'keepFailure' },
              {
                target: 'working',
                actions: assign(({ context, event }) => {
                  const { concluded } = asEvent(event, 'concluded');
                  return concluded.outcome === 'work' ? { work: concluded.work, repairs: context.repairs + 1 } : {};
                }),
              },
            ],
          },
        },
      },
    },
    /** Its time limit does not run. Asked again after a while, for a message that was lost. */
    queued: {
      after: { 15000: 'attempting' },
      on: {
        admitted: 'attempting',
        cancel: 'cancelling',
        expire: { target: 'timingOut', actions: assign({ isFinal: true }) },
      },
    },
    timingOut: {
      entry: [assign({ failure: { status: 'timed_out' as const, code: 'step_timed_out' as const } }), 'cancelEffects'],
      on: {
        'effects.drained': 'failing',
        cancel: 'cancelling',
        expire: { actions: assign({ isFinal: true }) },
      },
    },
    failing: {
      always: [{ guard: 'mayRetry', target: 'pausing' }, { target: 'settling' }],
    },
    pausing: {
      after: { backoff: 'attempting' },
      on: { cancel: 'cancelling', expire: { target: 'timingOut', actions: assign({ isFinal: true }) } },
    },
    cancelling: {
      entry: [assign({ failure: { status: 'cancelled' as const, code: 'run_cancelled' as const } }), 'cancelEffects'],
      on: { 'effects.drained': 'settling' },
    },
    settling: {
      entry: {
        type: 'settleStep',
        params: ({ context }) => ({
          ...(context.failure ?? { status: 'failed' as const, code: 'internal' as const }),
          attempt: context.attempt,
        }),
      },
      on: {
        settled: { target: 'done', actions: 'keepOutcome' },
        // What could not be recorded has ended all the same.
        'effect.failed': {
          guard: ({ event }) => event.effect === 'settleStep',
          target: 'done',
          actions: assign({ status: ({ context }) => context.failure?.status ?? 'failed' }),
        },
      },
    },
    done: { type: 'final' },
  },
});
