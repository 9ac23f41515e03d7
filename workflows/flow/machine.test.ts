import { describe, expect, test } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { Flow, type Step } from '../../contracts/flow.ts';
import { defaultBranch, type Graph, noBranch, toGraph } from '../../contracts/graph.ts';
import type { NodeStatus } from '../../contracts/runs.ts';
import { isSettled } from '../../contracts/trigger.ts';
import { explore, undeclared, type World, withoutEnd } from '../testing/explore.ts';
import { type FlowEvent, flowMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof flowMachine>;
type Written = Partial<Omit<Extract<Step, { kind: 'code' }>, 'kind'>> & { id: string };

const code = (step: Written) => ({ kind: 'code', code: 'return 1', ...step });
const choice = (id: string, branches: string[][], more: object = {}) => ({
  id,
  kind: 'switch',
  cases: branches.map((steps) => ({ when: 'true', steps })),
  ...more,
});
const graphOf = (steps: object[], batches: object = {}): Graph =>
  toGraph(Flow.parse({ name: 'model', steps, batches }));

const every: FlowEvent['type'][] = [
  'loaded',
  'ended.before',
  'step.ended',
  'pause',
  'resume',
  'cancel',
  'settled',
  'effect.failed',
  'effects.drained',
];

const stepOf = ({ params }: { params: unknown }): string => (params as { step: string }).step;

const stepEnded = (step: string, status: NodeStatus, chosen: number | null = null): FlowEvent => ({
  type: 'step.ended',
  step,
  status,
  chosen,
});

const branchesOf = (graph: Graph, id: string): number[] => [
  ...new Set([
    noBranch,
    ...graph.steps.flatMap(({ branches }) =>
      branches.filter((branch) => branch.switch === id).map(({ chosen }) => chosen),
    ),
  ]),
];

/** How a step can end by itself. One that was dropped can also end as cancelled. */
const endsOf = (graph: Graph, id: string, { snapshot }: World<Snapshot>): FlowEvent[] => {
  const kind = graph.steps.find((step) => step.id === id)?.kind;
  const completed =
    kind === 'switch'
      ? branchesOf(graph, id).map((chosen) => stepEnded(id, 'completed', chosen))
      : [stepEnded(id, 'completed')];
  const isDropped = snapshot.context.dropped.includes(id);
  return [
    ...completed,
    stepEnded(id, 'failed'),
    stepEnded(id, 'skipped'),
    ...(isDropped ? [stepEnded(id, 'cancelled')] : []),
  ];
};

const exploreFlow = (graph: Graph) =>
  explore<typeof flowMachine, Snapshot, FlowEvent>({
    machine: flowMachine,
    results: (effect, world) => {
      switch (effect.type) {
        case 'loadRun':
          return [
            { type: 'loaded', graph, paused: false },
            { type: 'loaded', graph, paused: true },
            { type: 'ended.before' },
          ];
        case 'startStep':
          return endsOf(graph, stepOf(effect), world);
        case 'settleRun':
          return [{ type: 'settled' }];
        default:
          // What records and tells is waited for by the effects that read it, and gives nothing back.
          return null;
      }
    },
    remember: (effect) => (effect.type === 'startStep' ? `start ${stepOf(effect)}` : null),
    world: () => [{ event: { type: 'pause' } }, { event: { type: 'resume' } }, { event: { type: 'cancel' } }],
  });

const instances: [string, Graph][] = [
  [
    'a switch with two branches and a join',
    graphOf([
      choice('way', [['left'], ['right']]),
      code({ id: 'left' }),
      code({ id: 'right' }),
      code({ id: 'join', needs: ['left', 'right'], trigger: 'none_failed' }),
    ]),
  ],
  [
    'a switch in a branch, and a step in two branches',
    graphOf([
      choice('outer', [['inner']], { default: ['shared'] }),
      choice('inner', [['shared']]),
      code({ id: 'shared' }),
      code({ id: 'after', needs: ['shared', 'inner'], trigger: 'one_success' }),
    ]),
  ],
  [
    'a batch whose first member joins it',
    graphOf(
      [
        code({ id: 'a', batch: 'race' }),
        code({ id: 'b', batch: 'race' }),
        code({ id: 'c', batch: 'race', needs: ['b'] }),
        code({ id: 'then', needs: ['race'] }),
      ],
      { race: { join: 'any' } },
    ),
  ],
  [
    'a batch that lets the rest go on',
    graphOf(
      [
        code({ id: 'a', batch: 'some' }),
        code({ id: 'b', batch: 'some', onError: 'continue' }),
        code({ id: 'then', needs: ['some'], trigger: 'all_done' }),
      ],
      { some: { join: 1, rest: 'continue' } },
    ),
  ],
  [
    'a failure that stops the run, and what always runs',
    graphOf([
      code({ id: 'a', onError: 'stop' }),
      code({ id: 'b' }),
      code({ id: 'c', needs: ['b'], trigger: 'all_done' }),
      code({ id: 'clean', needs: ['a', 'b'], trigger: 'always' }),
    ]),
  ],
];

const runningIn = ({ running }: World<Snapshot>): string[] =>
  running
    .filter(({ type }) => type === 'startStep')
    .map(stepOf)
    .toSorted();

describe.each(instances)('%s', (_, graph) => {
  const explored = exploreFlow(graph);
  const worlds = [...explored.states];
  const done = worlds.filter(([, { snapshot }]) => snapshot.status === 'done');

  test(`every one of its ${explored.states.size} states can end`, () => {
    expect(withoutEnd(explored, () => true).map(explored.path)).toEqual([]);
  });

  test('it ends by itself when its steps do, with nobody to cancel it', () => {
    const stuck = withoutEnd(explored, ({ from, event }) => from !== 'world' || event.type === 'resume');
    expect(stuck.slice(0, 3).map(explored.path)).toEqual([]);
  });

  test('no event is dropped unforeseen', () => {
    expect(undeclared(explored, every)).toEqual([]);
  });

  test('each step starts at most once, and the run knows which run', () => {
    for (const [key, world] of worlds) {
      expect(new Set(world.log).size, explored.path(key)).toBe(world.log.length);
      const { value, context } = world.snapshot;
      const known = Object.keys(context.statuses).filter((id) => context.statuses[id] === 'running');
      if (value === 'active') expect(known.toSorted(), explored.path(key)).toEqual(runningIn(world));
    }
  });

  test('each step settles once, and stays so', () => {
    for (const [key, edges] of explored.edges) {
      const before = explored.states.get(key)?.snapshot.context.statuses ?? {};
      for (const { to } of edges) {
        const after = explored.states.get(to)?.snapshot.context.statuses ?? {};
        for (const [id, status] of Object.entries(before)) {
          if (isSettled(status)) expect(after[id], explored.path(to)).toBe(status);
        }
      }
    }
  });

  test('a run that ends by itself has settled every step; it is never stuck', () => {
    const natural = worlds.filter(([, { snapshot }]) => {
      const { code: cause, status } = snapshot.context.ending ?? {};
      return status === 'completed' || cause === 'run_failed' || cause === 'run_stuck';
    });
    expect(natural.length).toBeGreaterThan(0);
    for (const [key, { snapshot }] of natural) {
      const { statuses, ending } = snapshot.context;
      expect(ending?.code, explored.path(key)).not.toBe('run_stuck');
      for (const { id } of graph.steps) expect(isSettled(statuses[id] ?? 'pending'), explored.path(key)).toBe(true);
    }
  });

  test('nothing that it started outlives it', () => {
    expect(done.length).toBeGreaterThan(0);
    for (const [key, { running }] of done) expect(running, explored.path(key)).toEqual([]);
  });

  test('nothing starts while it is paused', () => {
    for (const [key, edges] of explored.edges) {
      const before = explored.states.get(key)?.snapshot;
      if (before?.value !== 'active' || !before.context.isPaused) continue;
      for (const { event, actions } of edges) {
        const starts = actions.filter(({ type }) => type === 'startStep');
        if (event.type !== 'resume') expect(starts, explored.path(key)).toEqual([]);
      }
    }
  });

  test('what has ended does nothing more', () => {
    for (const [, { snapshot }] of done) {
      for (const type of every) {
        const [after, actions] = transition(flowMachine, snapshot, { type } as FlowEvent);
        expect([after.status, actions]).toEqual(['done', []]);
      }
    }
  });
});

/** Plays a run on the pure machine. Each event gives the effects that it leads to. */
const begin = (graph: Graph) => {
  let [snapshot] = initialTransition(flowMachine);
  const send = (event: FlowEvent): string[] => {
    const [next, actions] = transition(flowMachine, snapshot, event);
    snapshot = next;
    return actions.map(({ type, params }) => (type.endsWith('Step') ? `${type} ${stepOf({ params })}` : type));
  };
  const first = send({ type: 'loaded', graph, paused: false });
  return { first, send, context: () => snapshot.context, value: () => snapshot.value };
};

describe('joins that others get wrong', () => {
  const fork = (more: Partial<Written> = {}) =>
    graphOf([
      code({ id: 'a', onError: 'continue' }),
      code({ id: 'b' }),
      code({ id: 'c' }),
      code({ id: 'join', needs: ['a', 'b', 'c'], trigger: 'all_done', ...more }),
    ]);

  test('Conductor #310: a join does not complete early when a branch that may fail fails first', () => {
    const { send, context } = begin(fork());
    expect(send(stepEnded('a', 'failed'))).toEqual([]);
    expect(send(stepEnded('b', 'completed'))).toEqual([]);
    expect(context().statuses.join).toBeUndefined();
    expect(send(stepEnded('c', 'completed'))).toEqual(['startStep join']);
    expect(send(stepEnded('join', 'completed'))).toEqual(['settleRun']);
    expect(context().ending).toEqual({ status: 'completed', code: null, steps: [] });
  });

  test('Conductor #310: nor does a batch of which a member is skipped', () => {
    const graph = graphOf(
      [
        code({ id: 'a', batch: 'all' }),
        code({ id: 'b', batch: 'all' }),
        code({ id: 'c', batch: 'all' }),
        code({ id: 'join', needs: ['all'] }),
      ],
      { all: { join: 'all' } },
    );
    const { send } = begin(graph);
    expect(send(stepEnded('a', 'skipped'))).toEqual([]);
    expect(send(stepEnded('b', 'completed'))).toEqual([]);
    expect(send(stepEnded('c', 'completed'))).toEqual(['startStep join']);
  });

  test('Conductor #1499: a join that lists a nested switch waits for what that switch takes, and ends when it takes nothing', () => {
    const graph = graphOf([
      choice('outer', [['inner']]),
      choice('inner', [['deep']]),
      code({ id: 'deep' }),
      code({ id: 'side' }),
      code({ id: 'join', needs: ['side', 'outer', 'inner', 'deep'], trigger: 'none_failed' }),
    ]);
    const deep = begin(graph);
    expect(deep.first).toEqual(['startStep outer', 'startStep side']);
    expect(deep.send(stepEnded('side', 'completed'))).toEqual([]);
    expect(deep.send(stepEnded('outer', 'completed', 0))).toEqual(['openBranch', 'startStep inner']);
    expect(deep.send(stepEnded('inner', 'completed', 0))).toEqual(['openBranch', 'startStep deep']);
    expect(deep.send(stepEnded('deep', 'completed'))).toEqual(['startStep join']);

    const none = begin(graph);
    none.send(stepEnded('outer', 'completed', noBranch));
    expect(none.context().statuses).toMatchObject({ inner: 'excluded', deep: 'excluded', side: 'running' });
    expect(none.send(stepEnded('side', 'completed'))).toEqual(['startStep join']);

    const failed = begin(graph);
    failed.send(stepEnded('side', 'completed'));
    expect(failed.send(stepEnded('outer', 'failed'))).toEqual(['recordUnrun', 'settleRun']);
    expect(failed.context().statuses).toMatchObject({ inner: 'skipped', deep: 'skipped', join: 'skipped' });
  });

  test('javascript-sdk#135: a join of a group waits for every member that declares itself one', () => {
    const graph = graphOf(
      [code({ id: 'wait', batch: 'fork' }), code({ id: 'join', needs: ['fork'] }), code({ id: 'free' })],
      { fork: {} },
    );
    const { first, send, context } = begin(graph);
    expect(first).toEqual(['startStep wait', 'startStep free']);
    expect(send(stepEnded('free', 'completed'))).toEqual([]);
    expect(context().statuses.join).toBeUndefined();
    expect(send(stepEnded('wait', 'completed'))).toEqual(['startStep join']);
  });

  test('Netflix/conductor#3630: a join goes on, once, when members that failed before completed by a retry', () => {
    // A retry is the step's own: the run hears one end of it, and an end that is told again changes nothing.
    const { send } = begin(fork({ trigger: 'all_success' }));
    const ends = ['a', 'b', 'c'].flatMap((id) => send(stepEnded(id, 'completed')));
    expect(ends).toEqual(['startStep join']);
    expect(['a', 'b', 'c'].flatMap((id) => send(stepEnded(id, 'completed')))).toEqual([]);
    expect(send(stepEnded('join', 'completed'))).toEqual(['settleRun']);
    expect(send(stepEnded('join', 'completed'))).toEqual([]);
  });
});

describe('pause and resume', () => {
  const graph = graphOf([code({ id: 'a' }), code({ id: 'b', needs: ['a'] })]);
  const load = (paused: boolean): FlowEvent => ({ type: 'loaded', graph, paused });

  test('a pause or a resume that comes while the run is read is newer than what was read', () => {
    const [loading] = initialTransition(flowMachine);
    const [pausing] = transition(flowMachine, loading, { type: 'pause' });
    const [, held] = transition(flowMachine, pausing, load(false));
    expect(held.map(({ type }) => type)).toEqual([]);
    const [resuming] = transition(flowMachine, pausing, { type: 'resume' });
    const [, started] = transition(flowMachine, resuming, load(true));
    expect(started.map(({ type }) => type)).toEqual(['startStep']);
  });

  test('what a run holds back while paused starts once when it goes on', () => {
    const { send } = begin(graph);
    send({ type: 'pause' });
    expect(send(stepEnded('a', 'completed'))).toEqual([]);
    expect(send({ type: 'resume' })).toEqual(['notifyPaused', 'startStep b']);
    expect(send({ type: 'resume' })).toEqual(['notifyPaused']);
  });
});

test('the default branch is taken like any other', () => {
  const graph = graphOf([choice('way', [['a']], { default: ['b'] }), code({ id: 'a' }), code({ id: 'b' })]);
  const { send, context } = begin(graph);
  const taken = send(stepEnded('way', 'completed', defaultBranch));
  expect(taken.toSorted()).toEqual(['openBranch', 'recordUnrun', 'startStep b']);
  expect(context().statuses.a).toBe('excluded');
});
