import { describe, expect, test } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { Concluded, Prepared, Work } from '../../contracts/activities.ts';
import { isSettled } from '../../contracts/trigger.ts';
import { explore, undeclared, withoutEnd } from '../testing/explore.ts';
import { type StepEvent, type StepInput, stepMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof stepMachine>;

const every: StepEvent['type'][] = [
  'prepared',
  'work.ended',
  'answered',
  'admitted',
  'concluded',
  'settled',
  'cancel',
  'expire',
  'effect.failed',
  'effects.drained',
];

const works: Record<Work['kind'], Work> = {
  turn: { kind: 'turn', sessionId: 's1', turn: 1, agent: 'default', model: 'offline', isDirect: false },
  question: { kind: 'question', deadlineMs: 1000 },
  items: { kind: 'items', count: 2 },
  run: { kind: 'run', runId: 'r1' },
};

const completed = { outcome: 'settled', status: 'completed' } as const;
const failedAttempt = { outcome: 'failed', code: 'code_failed' } as const;
const asks = (work: Work) => ({ outcome: 'work', work }) as const;

type Instance = {
  name: string;
  input: StepInput;
  prepared: Prepared[];
  concluded: Concluded[];
  /** Sent by a person, or by a map that has joined while some of its items still run. */
  sent: StepEvent[];
};

const input: StepInput = { retries: 1, backoffMs: 1000, timeoutMs: 60_000 };

const instances: Instance[] = [
  {
    name: 'code, or a switch',
    input,
    prepared: [completed, { outcome: 'settled', status: 'completed', chosen: -2 }, failedAttempt],
    concluded: [],
    sent: [],
  },
  {
    name: 'a step whose condition is false',
    input,
    prepared: [{ ...completed, status: 'skipped' }],
    concluded: [],
    sent: [],
  },
  {
    name: 'an agent whose result is mended',
    input,
    prepared: [asks(works.turn), failedAttempt],
    concluded: [completed, failedAttempt, asks(works.turn)],
    sent: [],
  },
  {
    name: 'an agent of a script that waits for a place',
    input,
    prepared: [{ outcome: 'queued' }, asks(works.turn), failedAttempt],
    concluded: [completed, failedAttempt],
    sent: [{ type: 'admitted' }],
  },
  {
    name: 'an approval with a deadline',
    input: { ...input, timeoutMs: null },
    prepared: [asks(works.question)],
    concluded: [completed, { ...completed, status: 'timed_out' }],
    sent: [{ type: 'answered' }],
  },
  {
    name: 'an approval that waits for ever',
    input: { retries: 0, backoffMs: 1, timeoutMs: null },
    prepared: [asks({ kind: 'question', deadlineMs: null })],
    concluded: [completed, { ...completed, status: 'failed' }],
    sent: [{ type: 'answered' }],
  },
  {
    name: 'a map',
    input: { retries: 0, backoffMs: 1, timeoutMs: 60_000 },
    prepared: [asks(works.items), failedAttempt],
    concluded: [completed, { ...completed, status: 'failed' }],
    sent: [{ type: 'work.ended' }],
  },
  {
    name: 'a flow within the flow',
    input,
    prepared: [asks(works.run), failedAttempt],
    concluded: [completed, failedAttempt],
    sent: [],
  },
];

/** The activity stops asking after some repairs: two show all of it. */
const maxRepairs = 2;
const isFarEnough = ({ context }: Snapshot): boolean => context.repairs > maxRepairs;

const exploreStep = ({ input: start, prepared, concluded, sent }: Instance) =>
  explore<typeof stepMachine, Snapshot, StepEvent>({
    machine: stepMachine,
    input: start,
    results: ({ type }) => {
      switch (type) {
        case 'prepareStep':
          return prepared.map((one) => ({ type: 'prepared', prepared: one }));
        case 'doWork':
          return [{ type: 'work.ended' }];
        case 'concludeStep':
          return concluded.map((one) => ({ type: 'concluded', concluded: one }));
        case 'settleStep':
          return (['failed', 'timed_out', 'cancelled', 'completed'] as const).map((status) => ({
            type: 'settled',
            status,
          }));
        default:
          return null;
      }
    },
    world: ({ running }) => [
      { event: { type: 'cancel' } },
      { event: { type: 'expire' } },
      // Items are told of by a map that was started.
      ...sent
        .filter(
          ({ type }) =>
            type === 'answered' || type === 'admitted' || running.some((effect) => effect.type === 'doWork'),
        )
        .map((event) => ({ event })),
    ],
    isFarEnough,
  });

describe.each(instances.map((instance) => [instance.name, instance] as const))('%s', (_, instance) => {
  const explored = exploreStep(instance);
  const worlds = [...explored.states];
  const done = worlds.filter(([, { snapshot }]) => snapshot.status === 'done');

  test(`every one of its ${explored.states.size} states can end`, () => {
    expect(withoutEnd(explored, () => true, isFarEnough).map(explored.path)).toEqual([]);
  });

  test('it ends by itself once its work does, with nobody to cancel it', () => {
    const stuck = withoutEnd(explored, ({ from, event }) => from !== 'world' || event.type === 'answered', isFarEnough);
    expect(stuck.slice(0, 3).map(explored.path)).toEqual([]);
  });

  test('no event is dropped unforeseen', () => {
    expect(undeclared(explored, every)).toEqual([]);
  });

  test('nothing that it started outlives it, but the items of a map that has joined', () => {
    expect(done.length).toBeGreaterThan(0);
    for (const [key, { running }] of done) {
      const lingering = instance.name === 'a map' ? running.filter(({ type }) => type !== 'doWork') : running;
      expect(lingering, explored.path(key)).toEqual([]);
    }
  });

  test('one attempt at a time, no more than declared, each effect once at a time', () => {
    for (const [key, { snapshot, running }] of worlds) {
      expect(snapshot.context.attempt, explored.path(key)).toBeLessThanOrEqual(instance.input.retries + 1);
      const types = running.map(({ type }) => type);
      expect(new Set(types).size, explored.path(key)).toBe(types.length);
    }
  });

  test('it ends with a status that stands', () => {
    for (const [key, { snapshot }] of done) expect(isSettled(snapshot.context.status), explored.path(key)).toBe(true);
  });

  test('a cancelled or expired step makes no further attempt', () => {
    for (const [key, edges] of explored.edges) {
      const before = explored.states.get(key)?.snapshot;
      if (!before) continue;
      const isOver = before.context.isFinal || before.value === 'cancelling';
      for (const { actions, to } of edges) {
        const attempts = actions.filter(({ type }) => type === 'prepareStep');
        if (isOver) expect(attempts, explored.path(to)).toEqual([]);
      }
    }
  });

  test('what has ended does nothing more', () => {
    for (const [, { snapshot }] of done) {
      for (const type of every) {
        const [after, actions] = transition(stepMachine, snapshot, { type } as StepEvent);
        expect([after.status, actions]).toEqual(['done', []]);
      }
    }
  });
});

const play = (start: StepInput, events: StepEvent[]) => {
  let [snapshot, actions] = initialTransition(stepMachine, start);
  const effects = actions.map(({ type }) => type);
  for (const event of events) {
    [snapshot, actions] = transition(stepMachine, snapshot, event);
    effects.push(...actions.map(({ type }) => type));
  }
  return { snapshot, effects: effects.filter((type) => !type.startsWith('xstate.')) };
};

const forEver: StepInput = { retries: 0, backoffMs: 1000, timeoutMs: null };
const question: StepEvent = { type: 'prepared', prepared: asks({ kind: 'question', deadlineMs: null }) };

describe('unlike LangGraph', () => {
  test('an approval does not run its node again: one question, one look at the answer', () => {
    const { effects, snapshot } = play(forEver, [
      question,
      { type: 'answered' },
      { type: 'answered' },
      { type: 'concluded', concluded: completed },
      { type: 'answered' },
    ]);
    expect(effects).toEqual(['prepareStep', 'concludeStep']);
    expect(snapshot.context).toMatchObject({ status: 'completed', attempt: 1 });
  });

  test('an answer that comes before the step has heard that it asked is not lost', () => {
    const { effects } = play(forEver, [{ type: 'answered' }, question]);
    expect(effects).toEqual(['prepareStep', 'concludeStep']);
  });

  test('an answer to an earlier attempt is none to the next', () => {
    const { effects, snapshot } = play({ ...forEver, retries: 1, timeoutMs: 5 }, [
      { type: 'answered' },
      { type: 'effect.failed', effect: 'prepareStep', params: {}, code: 'internal' },
      { type: 'xstate.after.backoff.flow-step.pausing' } as never,
      question,
    ]);
    expect(effects).toEqual(['prepareStep', 'prepareStep']);
    expect(snapshot.value).toEqual({ attempting: 'waiting' });
  });
});

test('items that go on after the join and fail then do not change how their step ends', () => {
  const late: StepEvent = { type: 'effect.failed', effect: 'doWork', params: {}, code: 'internal' };
  const asked: StepEvent = { type: 'prepared', prepared: asks(works.items) };
  const { effects, snapshot } = play(forEver, [
    asked,
    { type: 'work.ended' },
    late,
    { type: 'concluded', concluded: completed },
  ]);
  expect(effects).toEqual(['prepareStep', 'doWork', 'concludeStep']);
  expect(snapshot.context.status).toBe('completed');
});

test('the pause before a retry doubles, up to an hour', () => {
  const pauses: unknown[] = [];
  let [snapshot] = initialTransition(stepMachine, { retries: 4, backoffMs: 1_000_000, timeoutMs: null });
  for (let attempt = 1; attempt <= 4; attempt++) {
    const [failed, actions] = transition(stepMachine, snapshot, { type: 'prepared', prepared: failedAttempt });
    const raised = actions.find(({ type }) => type === 'xstate.raise')?.params as { delay: number; event: StepEvent };
    pauses.push(raised.delay);
    [snapshot] = transition(stepMachine, failed, raised.event);
  }
  expect(pauses).toEqual([1_000_000, 2_000_000, 3_600_000, 3_600_000]);
});

test.each([
  'budget_spent',
  'turn_budget_spent',
  'session_budget_spent',
  'result_refused',
  'calls_repeated',
  'failures_repeated',
] as const)('an attempt that ended with %s is the last', (code) => {
  const failed: StepEvent = { type: 'prepared', prepared: { outcome: 'failed', code } };
  expect(play({ ...forEver, retries: 3 }, [failed]).snapshot.value).toBe('settling');
});
