import { describe, expect, test } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import type { EnteredSubagent, SettledSubagent, TurnStart } from '../../contracts/activities.ts';
import { explore, undeclared, withoutEnd } from '../testing/explore.ts';
import { type How, type SubagentEvent, subagentMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof subagentMachine>;

const work = (turn: number): TurnStart => ({ sessionId: 's', turn, agent: 'default', model: 'model' });

const entered = (found: EnteredSubagent): SubagentEvent => ({ type: 'entered', entered: found });
const settled = (found: SettledSubagent): SubagentEvent => ({ type: 'settled', settled: found });

const entries: SubagentEvent[] = [
  entered({ outcome: 'waiting' }),
  entered({ outcome: 'cancelled' }),
  entered({ outcome: 'ended' }),
  entered({ outcome: 'admitted', work: work(1) }),
];

/** One that was to be cancelled or has crashed reads no more messages; one that completed may have got some, twice here. */
const ends = (how: How, turn: number): SubagentEvent[] => {
  const stands = (['completed', 'crashed'] as const).flatMap((status) => [
    settled({ outcome: 'settled', status, admitted: [], starts: null }),
    settled({ outcome: 'settled', status, admitted: ['a_next'], starts: null }),
    settled({ outcome: 'settled', status, admitted: [], starts: { ...work(1), sessionId: 'parent' } }),
  ]);
  return how === 'ended' && turn < 3 ? [...stands, settled({ outcome: 'more', work: work(turn + 1) })] : stands;
};

const explored = explore<typeof subagentMachine, Snapshot, SubagentEvent>({
  machine: subagentMachine,
  results: ({ type, params }, { snapshot }) => {
    if (type === 'enter') return entries;
    if (type === 'runWork') return [{ type: 'turn.ended' }];
    if (type === 'settle') return ends((params as { how: How }).how, snapshot.context.work?.turn ?? 0);
    return type === 'tell' ? [{ type: 'told' }] : null;
  },
  remember: ({ type, params }) => {
    if (type === 'runWork') return `run ${(params as { work: { turn: number } }).work.turn}`;
    return null;
  },
  world: () => [{ event: { type: 'admit' } }, { event: { type: 'cancel' } }],
});
const worlds = [...explored.states];

describe('a background agent', () => {
  test(`every one of its ${explored.states.size} states can end`, () => {
    expect(withoutEnd(explored, () => true).map(explored.path)).toEqual([]);
  });

  test('only one that waits for a place waits for somebody else', () => {
    const stuck = withoutEnd(explored, ({ from }) => from !== 'world');
    const values = stuck.map((key) => explored.states.get(key)?.snapshot.value);
    expect(new Set(values)).toEqual(new Set(['waiting']));
  });

  test('no event that can come is dropped unforeseen', () => {
    expect(undeclared(explored, ['admit', 'cancel'])).toEqual([]);
  });

  test('its session runs once for each piece of work, and never beside another effect', () => {
    for (const [key, { running, log }] of worlds) {
      expect(running.length, explored.path(key)).toBeLessThanOrEqual(1);
      expect(new Set(log).size, explored.path(key)).toBe(log.length);
    }
  });

  test('it never runs once it is to be cancelled, and one whose session was cut off ends as cancelled', () => {
    for (const [key, { snapshot, running }] of worlds) {
      const { isCancelled, how } = snapshot.context;
      if (snapshot.value === 'cancelling') expect([isCancelled, how], explored.path(key)).toEqual([true, 'cancelled']);
      if (snapshot.value === 'running') expect(isCancelled, explored.path(key)).toBe(false);
      if (snapshot.status === 'done') expect(running, explored.path(key)).toEqual([]);
    }
  });

  test('those it has made room for are told before it is over', () => {
    for (const [key, edges] of explored.edges) {
      for (const { event, actions } of edges) {
        if (event.type !== 'settled' || event.settled.outcome !== 'settled') continue;
        const told = actions.filter(({ type }) => type === 'tell').map(({ params }) => params);
        const { admitted: ids, starts } = event.settled;
        expect(told, explored.path(key)).toEqual(ids.length > 0 || starts ? [{ ids, starts }] : []);
      }
    }
  });
});
