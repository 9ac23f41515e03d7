import { assign, setup } from 'xstate';
import type { EnteredSubagent, SettledSubagent, TurnStart } from '../../contracts/activities.ts';
import type { SubagentEnd } from '../../contracts/subagents.ts';
import type { DriverEvent } from '../driver/driver.ts';

export type How = 'ended' | 'cancelled' | 'crashed';

export type SubagentContext = {
  /** A place became free while it was finding out whether it has one. */
  isAdmitted: boolean;
  isCancelled: boolean;
  work: TurnStart | null;
  /** How it ends, as far as its workflow knows. */
  how: How;
  /** How it has ended: what stands. */
  status: SubagentEnd | null;
  /** Those that have got a place by its end. */
  admitted: string[];
  /** The turn in which its parent reads how it ended, where nobody else starts it. */
  starts: TurnStart | null;
};

export type SubagentEvent =
  | { type: 'entered'; entered: EnteredSubagent }
  | { type: 'admit' }
  | { type: 'cancel' }
  | { type: 'turn.ended' }
  | { type: 'settled'; settled: SettledSubagent }
  | { type: 'told' }
  | DriverEvent;

const base = setup({
  types: {} as { context: SubagentContext; events: SubagentEvent },
  actions: {
    enter: () => {},
    runWork: (_, _params: { work: TurnStart }) => {},
    settle: (_, _params: { how: How }) => {},
    tell: (_, _params: { ids: string[]; starts: TurnStart | null }) => {},
    cancelEffects: () => {},
    keepCancel: assign({ isCancelled: true }),
    keepWork: assign(({ event }) => {
      if (event.type === 'entered' && event.entered.outcome === 'admitted') return { work: event.entered.work };
      return event.type === 'settled' && event.settled.outcome === 'more' ? { work: event.settled.work } : {};
    }),
  },
  guards: {
    hasEnded: ({ event }) => event.type === 'entered' && event.entered.outcome === 'ended',
    isToEnd: ({ context, event }) =>
      context.isCancelled || (event.type === 'entered' && event.entered.outcome === 'cancelled'),
    hasPlace: ({ event }) => event.type === 'entered' && event.entered.outcome === 'admitted',
    looksAgain: ({ context }) => context.isAdmitted,
    goesOn: ({ event }) => event.type === 'settled' && event.settled.outcome === 'more',
    isCancelled: ({ context }) => context.isCancelled,
  },
});

/** One subagent: waits for a place, runs the turns of its session, settles how they ended, and tells its parent and those it has made room for. */
export const subagentMachine = base.createMachine({
  id: 'subagent',
  context: {
    isAdmitted: false,
    isCancelled: false,
    work: null,
    how: 'ended',
    status: null,
    admitted: [],
    starts: null,
  },
  initial: 'entering',
  on: {
    // Events that no longer make a difference.
    admit: {},
    cancel: {},
    'turn.ended': {},
    'effect.failed': {},
    'effects.drained': {},
  },
  states: {
    entering: {
      entry: [assign({ isAdmitted: false }), 'enter'],
      on: {
        admit: { actions: assign({ isAdmitted: true }) },
        cancel: { actions: 'keepCancel' },
        entered: [
          { guard: 'hasEnded', target: 'done' },
          { guard: 'isToEnd', target: 'settling', actions: assign({ how: 'cancelled' }) },
          { guard: 'hasPlace', target: 'running', actions: 'keepWork' },
          { guard: 'looksAgain', target: 'entering', reenter: true },
          { target: 'waiting' },
        ],
        'effect.failed': { target: 'settling', actions: assign({ how: 'crashed' }) },
      },
    },
    /** For a slot: an agent that ends notifies the next. */
    waiting: {
      on: {
        admit: 'entering',
        cancel: { target: 'settling', actions: ['keepCancel', assign({ how: 'cancelled' })] },
      },
    },
    running: {
      entry: base.enqueueActions(({ context, enqueue }) => {
        if (context.work) enqueue({ type: 'runWork', params: { work: context.work } });
      }),
      on: {
        'turn.ended': { target: 'settling', actions: assign({ how: 'ended' }) },
        'effect.failed': { target: 'settling', actions: assign({ how: 'crashed' }) },
        cancel: 'cancelling',
      },
    },
    /** Waits until its turn has ended. */
    cancelling: {
      entry: ['keepCancel', assign({ how: 'cancelled' }), 'cancelEffects'],
      on: { 'effects.drained': 'settling' },
    },
    settling: {
      entry: { type: 'settle', params: ({ context }) => ({ how: context.how }) },
      on: {
        cancel: { actions: 'keepCancel' },
        settled: [
          {
            guard: ({ context, event }) => event.settled.outcome === 'more' && context.isCancelled,
            target: 'settling',
            reenter: true,
            actions: assign({ how: 'cancelled' }),
          },
          { guard: 'goesOn', target: 'running', actions: 'keepWork' },
          {
            target: 'telling',
            actions: assign(({ event: { settled } }) =>
              settled.outcome === 'settled'
                ? { status: settled.status, admitted: settled.admitted, starts: settled.starts }
                : {},
            ),
          },
        ],
        // Who watches over all of them settles it.
        'effect.failed': 'done',
      },
    },
    telling: {
      always: { guard: ({ context: { admitted, starts } }) => admitted.length === 0 && !starts, target: 'done' },
      entry: base.enqueueActions(({ context, enqueue }) => {
        const { admitted: ids, starts } = context;
        if (ids.length > 0 || starts) enqueue({ type: 'tell', params: { ids, starts } });
      }),
      on: { told: 'done', 'effect.failed': 'done' },
    },
    done: { type: 'final' },
  },
});
