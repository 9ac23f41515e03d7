import { describe, expect, test } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { explore, undeclared, type World, withoutEnd } from '../testing/explore.ts';
import { type Ended, type Queued, type ScriptEvent, type Stepped, scriptMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof scriptMachine>;

const every: ScriptEvent['type'][] = [
  'loaded',
  'ended.before',
  'stepped',
  'warmed',
  'late',
  'pause',
  'resume',
  'cancel',
  'settled',
  'effect.failed',
  'effects.drained',
];

const stepped = (more: Partial<Stepped> = {}): Stepped => ({
  type: 'stepped',
  start: [],
  wait: [],
  ended: null,
  asks: false,
  tells: false,
  ends: false,
  over: null,
  ...more,
});

const completed: Ended = { status: 'completed', code: null };
const stuck: Ended = { status: 'failed', code: 'script_stuck' };

const callOf = ({ params }: { params: unknown }): string => (params as { call: string }).call;
const startedIn = ({ log }: World<Snapshot>): string[] => log.filter((name) => name.startsWith('start '));
const runningCalls = ({ running }: World<Snapshot>): string[] =>
  running.filter(({ type }) => type === 'startCall').map(callOf);

/** The clock of a time limit runs beside what there is to do. */
const others = ({ running }: World<Snapshot>): number => running.filter(({ type }) => type !== 'expire').length;

/** A script that asks for these calls at once, and ends with them or before. */
const exploreScript = (queue: Queued[], { sleeps }: { sleeps: boolean }) =>
  explore<typeof scriptMachine, Snapshot, ScriptEvent>({
    machine: scriptMachine,
    results: (effect, world) => {
      const left = queue.length - startedIn(world).length;
      // What it waits for decides whether it can be over: the engine knows, and says so.
      const over = (): Ended | null =>
        left === 0 && runningCalls(world).length <= 1 && others(world) <= 1 ? completed : null;
      switch (effect.type) {
        case 'loadScript':
          return [
            { type: 'loaded', paused: false, maxConcurrent: 2, leftMs: null },
            { type: 'loaded', paused: true, maxConcurrent: 2, leftMs: 60_000 },
            { type: 'ended.before' },
          ];
        case 'startScript':
          return [
            stepped({ asks: true, tells: true, ends: true }),
            stepped({ over: completed }),
            stepped({ over: stuck }),
          ];
        case 'prepareCalls':
          return [stepped({ start: queue, wait: sleeps ? [{ call: 'nap', ms: 5 }] : [] })];
        case 'expire':
          return [{ type: 'late' }];
        case 'settleNested':
        case 'recordLines':
          return [stepped({ over: null })];
        case 'startCall':
          return [
            stepped({ ended: callOf(effect), over: over() }),
            stepped({ ended: callOf(effect), over: completed }),
          ];
        case 'wait':
          return [stepped({ over: over() })];
        case 'warmUp':
          return [{ type: 'warmed', prefix: (effect.params as { prefix: string }).prefix }];
        case 'settleScript':
          return [{ type: 'settled' }];
        default:
          return null;
      }
    },
    remember: (effect) =>
      effect.type === 'startCall' ? `start ${callOf(effect)}` : effect.type === 'settleScript' ? 'settle' : null,
    world: () => [{ event: { type: 'pause' } }, { event: { type: 'resume' } }, { event: { type: 'cancel' } }],
  });

const alone = (call: string): Queued => ({ call, prefix: null });
const like = (call: string): Queued => ({ call, prefix: 'p' });

describe.each([
  ['three calls', [alone('a'), alone('b'), alone('c')], { sleeps: false }],
  ['three calls that begin alike', [like('a'), like('b'), like('c')], { sleeps: false }],
  ['calls and a sleep', [like('a'), alone('b')], { sleeps: true }],
] as const)('a script with %s', (_, queue, options) => {
  const explored = exploreScript([...queue], options);
  const worlds = [...explored.states];

  test(`every one of its ${explored.states.size} states can end`, () => {
    expect(withoutEnd(explored, () => true).map(explored.path)).toEqual([]);
  });

  test('no event is dropped unforeseen', () => {
    expect(undeclared(explored, every)).toEqual([]);
  });

  test('never more calls than may run at once, none twice', () => {
    for (const [key, world] of worlds) {
      expect(runningCalls(world).length, explored.path(key)).toBeLessThanOrEqual(2);
      const started = startedIn(world);
      expect(new Set(started).size, explored.path(key)).toBe(started.length);
    }
  });

  test('nothing starts while it is paused, and after its end', () => {
    for (const [key, edges] of explored.edges) {
      const before = explored.states.get(key)?.snapshot;
      for (const { event, actions } of edges) {
        const starts = actions.filter(({ type }) => type === 'startCall');
        const mayStart = before?.value === 'active' && (!before.context.isPaused || event.type === 'resume');
        if (!mayStart) expect(starts, explored.path(key)).toEqual([]);
      }
    }
  });

  test('when its time is up it ends, and everything that ran ends with it', () => {
    const late = [...explored.edges].flatMap(([key, edges]) =>
      edges.filter(({ event }) => event.type === 'late').map((edge) => ({ before: explored.states.get(key), edge })),
    );
    expect(late.length).toBeGreaterThan(0);
    for (const { before, edge } of late) {
      if (before?.snapshot.value !== 'active') continue;
      expect(edge.actions.map(({ type }) => type)).toContain('cancelEffects');
    }
  });

  test('it settles once, after all that ran has ended', () => {
    for (const [key, world] of worlds) {
      expect(world.log.filter((name) => name === 'settle').length, explored.path(key)).toBeLessThanOrEqual(1);
      if (world.snapshot.value === 'settling') expect(runningCalls(world), explored.path(key)).toEqual([]);
    }
  });

  test('of calls that begin alike one goes first until it is heard, then all may', () => {
    for (const [key, world] of worlds) {
      const { context } = world.snapshot;
      if (context.warming.length === 0) continue;
      const cold = runningCalls(world).filter((call) => queue.some((one) => one.call === call && one.prefix === 'p'));
      expect(cold.length, explored.path(key)).toBeLessThanOrEqual(1);
    }
  });
});
