import { describe, expect, test } from 'vitest';
import { type SnapshotFrom, transition } from 'xstate';
import type { WhenBusy } from '../../contracts/events.ts';
import { explore, undeclared, withoutEnd } from '../testing/explore.ts';
import { type SessionEvent, type SessionMachineInput, sessionMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof sessionMachine>;

const turnOf = ({ params }: { params: unknown }): number => (params as { turn: number }).turn;
const message = (messageId: string, whenBusy: WhenBusy): SessionEvent => ({ type: 'message', messageId, whenBusy });

const exploreSession = (input: SessionMachineInput, closes: boolean) =>
  explore<typeof sessionMachine, Snapshot, SessionEvent>({
    machine: sessionMachine,
    input,
    results: (effect) => (effect.type === 'startTurn' ? [{ type: 'turn.ended', turn: turnOf(effect) }] : null),
    remember: (effect) => (effect.type === 'startTurn' ? `start ${turnOf(effect)}` : null),
    world: () => [
      { event: message('m0', 'enqueue') },
      { event: message('m1', 'enqueue') },
      { event: message('m2', 'interrupt') },
      { event: { type: 'cancel' } },
      ...(closes ? [{ event: { type: 'close' } as const }] : []),
    ],
  });

const instances: [string, SessionMachineInput, boolean][] = [
  ['a session of a step', { nextTurn: 1, first: 'm0', closesWhenIdle: true }, false],
  ['a session of a step that is cancelled', { nextTurn: 1, first: 'm0', closesWhenIdle: true }, true],
  ['a session that stays', { nextTurn: 1 }, true],
];

describe.each(instances)('%s', (_, input, closes) => {
  const explored = exploreSession(input, closes);
  const worlds = [...explored.states];
  const done = worlds.filter(([, { snapshot }]) => snapshot.status === 'done');

  test(`every one of its ${explored.states.size} states can end`, () => {
    const may = closes || input.closesWhenIdle;
    expect(may ? withoutEnd(explored, () => true).map(explored.path) : []).toEqual([]);
    if (!input.closesWhenIdle) return;
    const stuck = withoutEnd(explored, ({ from }) => from !== 'world');
    expect(stuck.map(explored.path), 'it closes when its turns have ended').toEqual([]);
  });

  test('no event that can come is dropped unforeseen', () => {
    expect(undeclared(explored, ['message', 'cancel', 'close'])).toEqual([]);
  });

  test('one turn at a time, none twice, and no message is taken twice', () => {
    for (const [key, { snapshot, running, log }] of worlds) {
      expect(running.length, explored.path(key)).toBeLessThanOrEqual(1);
      expect(new Set(log).size, explored.path(key)).toBe(log.length);
      const { seen, queue, nextTurn } = snapshot.context;
      expect(new Set(seen.map(({ messageId }) => messageId)).size, explored.path(key)).toBe(seen.length);
      expect(new Set(queue.map(({ turn }) => turn)).size, explored.path(key)).toBe(queue.length);
      expect(nextTurn, explored.path(key)).toBe(input.nextTurn + seen.length);
    }
  });

  test('it ends with no turn running, and with no message waiting unless it was closed from outside', () => {
    expect(done.length).toBeGreaterThan(0);
    for (const [key, { snapshot, running }] of done) {
      expect(running, explored.path(key)).toEqual([]);
      if (!closes) expect(snapshot.context.queue, explored.path(key)).toEqual([]);
    }
  });

  test('what has closed does nothing more', () => {
    for (const [, { snapshot }] of done) {
      for (const event of [message('m9', 'interrupt'), { type: 'cancel' } as const, { type: 'close' } as const]) {
        const [after, actions] = transition(sessionMachine, snapshot, event);
        expect([after.status, actions]).toEqual(['done', []]);
      }
    }
  });
});
