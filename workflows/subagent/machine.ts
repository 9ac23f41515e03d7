import { assign, setup } from 'xstate';
import type { EnteredSubagent, SettledSubagent } from '../../contracts/activities.ts';
import type { SubagentEnd } from '../../contracts/subagents.ts';
import type { DriverEvent } from '../driver/driver.ts';

type SessionWork = Extract<EnteredSubagent, { outcome: 'admitted' }>['work'];
export type How = 'ended' | 'cancelled' | 'crashed';

export type SubagentContext = {
  /** A place became free while it was finding out whether it has one. */
  isAdmitted: boolean;
  isCancelled: boolean;
  work: SessionWork | null;
  /** How it ends, as far as its workflow knows. */
  how: How;
  /** How it has ended: what stands. */
  status: SubagentEnd | null;
  /** Those that have got a place by its end. */
  admitted: string[];
};

export type SubagentEvent =
  | { type: 'entered'; entered: EnteredSubagent }
  | { type: 'admit' }
  | { type: 'cancel' }
  | { type: 'session.ended' }
  | { type: 'settled'; settled: SettledSubagent }
  | { type: 'told' }
  | DriverEvent;

const base = setup({
  types: {} as { context: SubagentContext; events: SubagentEvent },
  actions: {
    enter: () => {},
    runSession: (_, _params: { work: SessionWork }) => {},
    settle: (_, _params: { how: How }) => {},
    tellAdmitted: (_, _params: { ids: string[] }) => {},
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

/** One subagent: waits for a place, runs its session, settles how that ended, and tells whom it has made room for. */
export const subagentMachine = base.createMachine({
  id: 'subagent',
  context: { isAdmitted: false, isCancelled: false, work: null, how: 'ended', status: null, admitted: [] },
  initial: 'entering',
  on: {
    // What makes no difference any more.
    admit: {},
    cancel: {},
    'session.ended': {},
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
    /** For a place: whoever ends tells the next. */
    waiting: {
      on: {
        admit: 'entering',
        cancel: { target: 'settling', actions: ['keepCancel', assign({ how: 'cancelled' })] },
      },
    },
    running: {
      entry: base.enqueueActions(({ context, enqueue }) => {
        if (context.work) enqueue({ type: 'runSession', params: { work: context.work } });
      }),
      on: {
        'session.ended': { target: 'settling', actions: assign({ how: 'ended' }) },
        'effect.failed': { target: 'settling', actions: assign({ how: 'crashed' }) },
        cancel: 'cancelling',
      },
    },
    /** Waits until its session has ended. */
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
              settled.outcome === 'settled' ? { status: settled.status, admitted: settled.admitted } : {},
            ),
          },
        ],
        // Who watches over all of them settles it.
        'effect.failed': 'done',
      },
    },
    telling: {
      always: { guard: ({ context }) => context.admitted.length === 0, target: 'done' },
      entry: base.enqueueActions(({ context, enqueue }) => {
        if (context.admitted.length > 0) enqueue({ type: 'tellAdmitted', params: { ids: context.admitted } });
      }),
      on: { told: 'done', 'effect.failed': 'done' },
    },
    done: { type: 'final' },
  },
});
