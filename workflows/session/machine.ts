import { assign, setup } from 'xstate';
import type { WhenBusy } from '../../contracts/events.ts';
import type { DriverEvent } from '../driver/driver.ts';

export type Waiting = { messageId: string; turn: number };

export type SessionContext = {
  nextTurn: number;
  running: Waiting | null;
  queue: Waiting[];
  /** The newest messages taken, with their turns: a message sent again finds itself here. */
  seen: Waiting[];
  /** A session of a step: it closes when it has nothing more to do. A message that comes later starts its workflow again. */
  closesWhenIdle: boolean;
};

export type SessionMachineInput = {
  nextTurn: number;
  first?: string | undefined;
  closesWhenIdle?: boolean | undefined;
};

export type SessionEvent =
  | { type: 'message'; messageId: string; whenBusy: WhenBusy }
  | { type: 'cancel' }
  | { type: 'close' }
  | { type: 'turn.ended'; turn: number }
  | DriverEvent;

const seenLimit = 1000;

/**
 * One conversation: takes messages, runs one turn at a time. Turn numbers are given in the order of acceptance; an
 * interrupting message runs next all the same.
 */
export const sessionMachine = setup({
  types: {} as { context: SessionContext; input: SessionMachineInput; events: SessionEvent },
  actions: {
    startTurn: (_, _params: Waiting) => {},
    cancelTurn: (_, _params: { turn: number }) => {},
    accept: assign(({ context, event }) => {
      if (event.type !== 'message') return {};
      const waiting = { messageId: event.messageId, turn: context.nextTurn };
      return {
        nextTurn: context.nextTurn + 1,
        queue: event.whenBusy === 'interrupt' ? [waiting, ...context.queue] : [...context.queue, waiting],
        seen: [...context.seen, waiting].slice(-seenLimit),
      };
    }),
    takeNext: assign(({ context }) => ({ running: context.queue[0] ?? null, queue: context.queue.slice(1) })),
  },
  guards: {
    isSeen: ({ context, event }) =>
      event.type === 'message' && context.seen.some(({ messageId }) => messageId === event.messageId),
    interrupts: ({ event }) => event.type === 'message' && event.whenBusy === 'interrupt',
    hasNext: ({ context }) => context.queue.length > 0,
    isOver: ({ context }) => context.closesWhenIdle && context.queue.length === 0,
  },
}).createMachine({
  id: 'session',
  context: ({ input: { nextTurn, first, closesWhenIdle = false } }) => {
    const queue = first === undefined ? [] : [{ messageId: first, turn: nextTurn }];
    return { nextTurn: nextTurn + queue.length, running: null, queue, seen: queue, closesWhenIdle };
  },
  initial: 'idle',
  states: {
    idle: {
      entry: assign({ running: null }),
      always: [
        { guard: 'hasNext', target: 'running' },
        { guard: 'isOver', target: 'closed' },
      ],
      on: {
        message: [{ guard: 'isSeen' }, { target: 'running', actions: 'accept' }],
        cancel: {},
        close: 'closed',
      },
    },
    running: {
      entry: [
        'takeNext',
        { type: 'startTurn', params: ({ context }) => context.running ?? { messageId: '', turn: 0 } },
      ],
      on: {
        message: [
          { guard: 'isSeen' },
          {
            guard: 'interrupts',
            actions: [
              'accept',
              { type: 'cancelTurn', params: ({ context }) => ({ turn: context.running?.turn ?? 0 }) },
            ],
          },
          { actions: 'accept' },
        ],
        cancel: { actions: { type: 'cancelTurn', params: ({ context }) => ({ turn: context.running?.turn ?? 0 }) } },
        close: 'closing',
        'turn.ended': [{ guard: 'hasNext', target: 'running', reenter: true }, { target: 'idle' }],
        // A turn that could not be started or ended from outside is settled by the effect itself; what is left is to go on.
        'effect.failed': [{ guard: 'hasNext', target: 'running', reenter: true }, { target: 'idle' }],
      },
    },
    /** The workflow was cancelled from outside. Messages that wait start a new run of it. */
    closing: {
      entry: { type: 'cancelTurn', params: ({ context }) => ({ turn: context.running?.turn ?? 0 }) },
      on: {
        'turn.ended': 'closed',
        'effect.failed': 'closed',
        message: [{ guard: 'isSeen' }, { actions: 'accept' }],
        cancel: {},
        close: {},
      },
    },
    closed: { type: 'final' },
  },
});
