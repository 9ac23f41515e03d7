import { describe, expect, test } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { FanOut } from '../../contracts/graph.ts';
import { joined } from '../../contracts/join.ts';
import type { NodeStatus } from '../../contracts/runs.ts';
import { explore, undeclared, type World, withoutEnd } from '../testing/explore.ts';
import { type FanOutEvent, type FanOutInput, fanOutMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof fanOutMachine>;

const every: FanOutEvent['type'][] = [
  'admit',
  'drop',
  'member.ended',
  'close',
  'pause',
  'resume',
  'cancel',
  'effect.failed',
  'effects.drained',
];

const memberOf = ({ params }: { params: unknown }): number => (params as { member: number }).member;

const ended = (member: number, status: NodeStatus): FanOutEvent => ({
  type: 'member.ended',
  member,
  status,
  chosen: null,
});

type Admitting = { members: number[]; isSteered: boolean };

const exploreFanOut = (input: FanOutInput, statuses: NodeStatus[], { members, isSteered }: Admitting) =>
  explore<typeof fanOutMachine, Snapshot, FanOutEvent>({
    machine: fanOutMachine,
    input,
    results: (effect) => {
      if (effect.type !== 'startMember') return null;
      return statuses.map((status) => ended(memberOf(effect), status));
    },
    remember: (effect) => {
      if (effect.type === 'startMember') return `start ${memberOf(effect)}`;
      if (effect.type === 'joinEarly') return 'join early';
      return effect.type === 'report' ? `report ${memberOf(effect)}` : null;
    },
    world: ({ log }) => [
      { event: { type: 'cancel' } },
      ...(isSteered ? [{ event: { type: 'pause' as const } }, { event: { type: 'resume' as const } }] : []),
      ...(input.count === null ? membersOfRun(log, members, isSteered) : []),
    ],
  });

/** The run admits each member once while the group is open, drops what it has admitted, and closes the group at its end. */
const membersOfRun = (log: string[], members: number[], mayDrop: boolean): { event: FanOutEvent; once?: string }[] => [
  { event: { type: 'close' }, once: 'close' },
  ...members.flatMap((member): { event: FanOutEvent; once?: string }[] => {
    if (log.includes(`admit ${member}`)) return mayDrop ? [{ event: { type: 'drop', member } }] : [];
    return log.includes('close') ? [] : [{ event: { type: 'admit', member }, once: `admit ${member}` }];
  }),
];

const group = (more: Partial<FanOut>): FanOut => ({
  maxConcurrent: 2,
  join: 'all',
  rest: 'continue',
  timeoutMs: null,
  ...more,
});

const known = (more: Partial<FanOut>): FanOutInput => ({ fanOut: group(more), count: 3 });
const admitted = (more: Partial<FanOut>): FanOutInput => ({ fanOut: group(more), count: null });

const all: Admitting = { members: [0, 1], isSteered: true };
const many: Admitting = { members: [0, 1, 2], isSteered: false };

const instances: [string, FanOutInput, NodeStatus[], Admitting][] = [
  ['three items, all', known({}), ['completed', 'failed'], all],
  ['three items, all or cancelled', known({ rest: 'cancel' }), ['completed', 'cancelled'], all],
  ['three items, any, the rest is cancelled', known({ join: 'any', rest: 'cancel' }), ['completed', 'skipped'], all],
  ['three items, 2 of them, the rest goes on', known({ join: 2, timeoutMs: 1 }), ['completed', 'timed_out'], all],
  ['three items, all settled', known({ join: 'all_settled', timeoutMs: 1 }), ['completed', 'failed'], all],
  ['two members of a run, one at once', admitted({ maxConcurrent: 1, timeoutMs: 1 }), ['completed'], all],
  ['two members of a run, two at once', admitted({}), ['completed', 'failed'], all],
  [
    'three members, steered',
    admitted({ timeoutMs: 1 }),
    ['completed', 'failed'],
    { members: [0, 1, 2], isSteered: true },
  ],
  ['three members of a run', admitted({ timeoutMs: 1 }), ['completed'], many],
];

const doubled = (log: string[]): string[] => log.filter((name, at) => log.indexOf(name) !== at);

const started = ({ running }: World<Snapshot>): number[] =>
  running
    .filter(({ type }) => type === 'startMember')
    .map(memberOf)
    .toSorted();

describe.each(instances)('%s', (_, input, statuses, admitting) => {
  const explored = exploreFanOut(input, statuses, admitting);
  const worlds = [...explored.states];
  const done = worlds.filter(([, { snapshot }]) => snapshot.status === 'done');

  test(`every one of its ${explored.states.size} states can end`, () => {
    expect(withoutEnd(explored, () => true).map(explored.path)).toEqual([]);
  });

  test('it ends by itself when its members do, whatever fails, with nobody to cancel it', () => {
    const stuck = withoutEnd(explored, ({ from, event }) => from !== 'world' || /close|resume/.test(event.type));
    expect(stuck.slice(0, 3).map(explored.path)).toEqual([]);
  });

  test('no event is dropped unforeseen', () => {
    expect(undeclared(explored, every)).toEqual([]);
  });

  test('never more than may run at once, none twice, and it knows which', () => {
    for (const [key, world] of worlds) {
      const { value, context } = world.snapshot;
      expect(started(world).length, explored.path(key)).toBeLessThanOrEqual(input.fanOut.maxConcurrent);
      expect(context.running.length, explored.path(key)).toBeLessThanOrEqual(input.fanOut.maxConcurrent);
      expect(doubled(world.log), explored.path(key)).toEqual([]);
      if (typeof value === 'object' || value === 'expiring') {
        expect(context.running.toSorted(), explored.path(key)).toEqual(started(world));
      }
    }
  });

  test('it waits for every member that it started, and has told the run of every one that it admitted', () => {
    expect(done.length).toBeGreaterThan(0);
    for (const [key, world] of done) {
      expect(started(world), explored.path(key)).toEqual([]);
      const known = world.log.flatMap((name) => (name.startsWith('admit ') ? [name.slice(6)] : []));
      const told = world.log.flatMap((name) => (name.startsWith('report ') ? [name.slice(7)] : []));
      expect(told, explored.path(key)).toEqual(known);
    }
  });

  test('nothing starts while it is paused, after its time or after its join', () => {
    for (const [key, edges] of explored.edges) {
      const before = explored.states.get(key)?.snapshot;
      if (!before) continue;
      const { value, context } = before;
      const mayStart = typeof value === 'object' && (context.joined === null || context.fanOut.rest === 'continue');
      for (const { event, actions } of edges) {
        const starts = actions.filter(({ type }) => type === 'startMember');
        if (!mayStart || (context.isPaused && event.type !== 'resume')) expect(starts, explored.path(key)).toEqual([]);
      }
    }
  });

  test('it joins as its tally says', () => {
    if (input.count === null) return;
    for (const [key, { snapshot }] of worlds) {
      const { context } = snapshot;
      if (context.joined === null) expect(joined(context.fanOut, context.tally), explored.path(key)).toBeNull();
    }
  });

  test('what has ended does nothing more', () => {
    for (const [, { snapshot }] of done) {
      for (const event of [
        ...['close', 'pause', 'resume', 'cancel'].map((type) => ({ type })),
        ended(0, 'completed'),
      ]) {
        const [after, actions] = transition(fanOutMachine, snapshot, event as FanOutEvent);
        expect([after.status, actions]).toEqual(['done', []]);
      }
    }
  });
});

test('a group over nothing has ended before it began', () => {
  for (const join of ['all', 'any', 'all_settled', 1] as const) {
    const [first, actions] = initialTransition(fanOutMachine, { fanOut: group({ join }), count: 0 });
    expect([first.status, actions]).toEqual(['done', []]);
  }
});

test('members come in the order in which they were admitted', () => {
  const [first] = initialTransition(fanOutMachine, admitted({ maxConcurrent: 1 }));
  let state: Snapshot = first;
  const order: number[] = [];
  const send = (event: FanOutEvent): void => {
    const [next, actions] = transition(fanOutMachine, state, event);
    state = next;
    order.push(...actions.filter(({ type }) => type === 'startMember').map(memberOf));
  };
  for (const member of [2, 0, 1]) send({ type: 'admit', member });
  for (const member of [2, 0, 1]) send(ended(member, 'completed'));
  expect(order).toEqual([2, 0, 1]);
});
