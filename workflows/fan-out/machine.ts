import { assign, setup } from 'xstate';
import type { FanOut } from '../../contracts/graph.ts';
import { emptyTally, type Joined, joined, type Tally } from '../../contracts/join.ts';
import type { NodeStatus } from '../../contracts/runs.ts';
import { isBad } from '../../contracts/trigger.ts';
import type { DriverEvent } from '../driver/driver.ts';

export type FanOutInput = {
  fanOut: FanOut;
  /** Members known from the start, 0 to count - 1; null where they are admitted one by one and the run decides the join. */
  count: number | null;
};

export type FanOutContext = FanOutInput & {
  /** Of those known from the start, the next to run. */
  next: number;
  /** Admitted, in the order in which they came. */
  queue: number[];
  running: number[];
  tally: Tally;
  joined: Joined | null;
  hasBegun: boolean;
  isClosed: boolean;
  isPaused: boolean;
  hasTimedOut: boolean;
};

export type FanOutEvent =
  | { type: 'admit'; member: number }
  | { type: 'drop'; member: number }
  | { type: 'member.ended'; member: number; status: NodeStatus; chosen: number | null }
  | { type: 'close' }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel' }
  | DriverEvent;

const count = (tally: Tally, status: NodeStatus): Tally => ({
  ...tally,
  completed: tally.completed + (status === 'completed' ? 1 : 0),
  bad: tally.bad + (isBad(status) ? 1 : 0),
  neither: tally.neither + (status === 'skipped' || status === 'excluded' ? 1 : 0),
});

const isIdle = ({ running, queue, next, count: total }: FanOutContext): boolean =>
  running.length === 0 && queue.length === 0 && next >= (total ?? 0);

const base = setup({
  types: {} as { context: FanOutContext; input: FanOutInput; events: FanOutEvent },
  actions: {
    startMember: (_, _params: { member: number }) => {},
    dropMember: (_, _params: { member: number }) => {},
    /** Its time is over: it ends as timed out, without a retry. */
    expireMember: (_, _params: { member: number }) => {},
    /** An admitted member that ended, or never ran. */
    report: (_, _params: { member: number; status: NodeStatus; chosen: number | null }) => {},
    /** The members known from the start have joined while some still run, and may. */
    joinEarly: (_, _params: { joined: Joined }) => {},
    cancelEffects: () => {},
  },
  guards: {
    isBounded: ({ context }) => context.fanOut.timeoutMs !== null,
    isOver: ({ context }) => context.isClosed && isIdle(context),
    mustDropRest: ({ context }) =>
      context.count !== null && context.joined !== null && context.fanOut.rest === 'cancel',
  },
  delays: { timeout: ({ context }) => context.fanOut.timeoutMs ?? 0 },
});

/** Starts what may run now: never more than `maxConcurrent` at once. */
const fill = base.enqueueActions(({ context, enqueue }) => {
  if (context.isPaused || context.hasTimedOut) return;
  const { queue, running, fanOut, count: total } = context;
  const wanted = context.joined === null || fanOut.rest === 'continue';
  let free = fanOut.maxConcurrent - running.length;
  const starting = queue.slice(0, Math.max(0, free));
  free -= starting.length;
  let { next } = context;
  while (wanted && free > 0 && next < (total ?? 0)) {
    starting.push(next++);
    free--;
  }
  if (starting.length === 0) return;
  enqueue.assign({
    next,
    queue: queue.filter((member) => !starting.includes(member)),
    running: [...running, ...starting],
    hasBegun: true,
  });
  for (const member of starting) enqueue({ type: 'startMember', params: { member } });
});

type MemberEnded = Extract<FanOutEvent, { type: 'member.ended' }>;

/** A member that could not even be started has failed. */
const endIn = (event: FanOutEvent): Omit<MemberEnded, 'type'> | null => {
  if (event.type === 'member.ended') return event;
  if (event.type !== 'effect.failed' || event.effect !== 'startMember') return null;
  return { member: (event.params as { member: number }).member, status: 'failed', chosen: null };
};

const note = base.enqueueActions(({ context, event, enqueue }) => {
  const ended = endIn(event);
  if (ended === null) return;
  const { member, chosen, status } = ended;
  const tally = count(context.tally, status);
  const end = context.joined ?? (context.count === null ? null : joined(context.fanOut, tally));
  enqueue.assign({ running: context.running.filter((other) => other !== member), tally, joined: end });
  if (context.count === null) enqueue({ type: 'report', params: { member, status, chosen } });
  else if (context.joined === null && end !== null && context.fanOut.rest === 'continue') {
    enqueue({ type: 'joinEarly', params: { joined: end } });
  }
});

/** Members that wait will not run any more. */
const dropQueue = (status: 'timed_out' | 'cancelled') =>
  base.enqueueActions(({ context, enqueue }) => {
    enqueue.assign({ queue: [], next: context.count ?? 0 });
    for (const member of context.queue) enqueue({ type: 'report', params: { member, status, chosen: null } });
  });

const drop = base.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'drop') return;
  const { member } = event;
  if (context.running.includes(member)) enqueue({ type: 'dropMember', params: { member } });
  else if (context.queue.includes(member)) {
    enqueue.assign({ queue: context.queue.filter((other) => other !== member) });
    enqueue({ type: 'report', params: { member, status: 'cancelled', chosen: null } });
  }
});

const admit = base.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'admit') return;
  const { member } = event;
  if (context.queue.includes(member) || context.running.includes(member)) return;
  if (context.hasTimedOut) enqueue({ type: 'report', params: { member, status: 'timed_out', chosen: null } });
  else enqueue.assign({ queue: [...context.queue, member] });
});

/** Members of a batch, of a branch, or items of a step: some at once, with a time limit for the whole. */
export const fanOutMachine = base.createMachine({
  id: 'fan-out',
  context: ({ input }) => ({
    ...input,
    next: 0,
    queue: [],
    running: [],
    tally: emptyTally(input.count ?? 0),
    joined: input.count === null ? null : joined(input.fanOut, emptyTally(input.count)),
    hasBegun: false,
    isClosed: input.count !== null,
    isPaused: false,
    hasTimedOut: false,
  }),
  initial: 'active',
  on: {
    admit: {},
    drop: {},
    'member.ended': {},
    close: {},
    pause: {},
    resume: {},
    cancel: {},
    'effect.failed': {},
    'effects.drained': {},
  },
  states: {
    active: {
      entry: fill,
      initial: 'empty',
      always: [
        { guard: 'isOver', target: 'done' },
        { guard: 'mustDropRest', target: 'dropping' },
      ],
      on: {
        admit: { actions: [admit, fill] },
        drop: { actions: [drop, fill] },
        'member.ended': { actions: [note, fill] },
        'effect.failed': { actions: [note, fill] },
        close: { actions: assign({ isClosed: true }) },
        pause: { actions: assign({ isPaused: true }) },
        resume: { actions: [assign({ isPaused: false }), fill] },
        cancel: 'cancelling',
      },
      states: {
        empty: { always: { guard: ({ context }) => context.hasBegun, target: 'begun' } },
        /** The time limit counts from the first member's start. */
        begun: { after: { timeout: { guard: 'isBounded', target: '#fan-out.expiring' } } },
      },
    },
    /** Enough have completed: what runs is cancelled, what waits never runs. */
    dropping: {
      entry: [dropQueue('cancelled'), 'cancelEffects'],
      on: { 'effects.drained': 'done', cancel: {} },
    },
    expiring: {
      entry: [
        assign({ hasTimedOut: true }),
        dropQueue('timed_out'),
        base.enqueueActions(({ context, enqueue }) => {
          for (const member of context.running) enqueue({ type: 'expireMember', params: { member } });
        }),
      ],
      always: { guard: 'isOver', target: 'done' },
      on: {
        admit: { actions: admit },
        drop: { actions: drop },
        'member.ended': { actions: note },
        'effect.failed': { actions: note },
        close: { actions: assign({ isClosed: true }) },
        cancel: 'cancelling',
      },
    },
    cancelling: {
      entry: [dropQueue('cancelled'), 'cancelEffects'],
      on: {
        'effects.drained': {
          target: 'done',
          actions: base.enqueueActions(({ context, enqueue }) => {
            if (context.count !== null) return;
            for (const member of context.running)
              enqueue({ type: 'report', params: { member, status: 'cancelled', chosen: null } });
          }),
        },
        admit: {
          actions: base.enqueueActions(({ event, enqueue }) => {
            if (event.type !== 'admit') return;
            enqueue({ type: 'report', params: { member: event.member, status: 'cancelled', chosen: null } });
          }),
        },
      },
    },
    done: { type: 'final' },
  },
});
