import { expect, test } from 'vitest';
import { type AnyStateMachine, initialTransition, transition } from 'xstate';
import { describeMachine, innermost, withAncestors } from './describe-machine.ts';
import { fanOutMachine } from './fan-out/machine.ts';
import { flowMachine } from './flow/machine.ts';
import { stepMachine } from './flow-step/machine.ts';
import { machinesByType } from './machines.ts';
import { scriptMachine } from './script/machine.ts';
import { subagentMachine } from './subagent/machine.ts';
import { turnMachine } from './turn/machine.ts';

const machines: AnyStateMachine[] = [
  turnMachine,
  flowMachine,
  stepMachine,
  fanOutMachine,
  scriptMachine,
  subagentMachine,
];

type Written = { states?: Record<string, Written> };

/** The states that a machine's configuration names, by their paths. */
const written = ({ states = {} }: Written, above = ''): string[] =>
  Object.entries(states).flatMap(([name, inner]) => [`${above}${name}`, ...written(inner, `${above}${name}.`)]);

test('every state of every machine, and nothing that leads nowhere', () => {
  for (const machine of machines) {
    const { states, transitions } = describeMachine(machine);
    const ids = new Set(states.map(({ id }) => id));
    expect([...ids].toSorted(), machine.id).toEqual(written(machine.config as Written).toSorted());
    expect(transitions.filter(({ to }) => to !== null && !ids.has(to))).toEqual([]);
    const left = new Set(transitions.filter(({ to }) => to !== null).map(({ from }) => from));
    const stuck = states.filter(
      ({ id, kind }) => kind !== 'final' && !withAncestors([id]).some((around) => left.has(around)),
    );
    expect(stuck, machine.id).toEqual([]);
    for (const parent of [null, ...states.filter(({ kind }) => kind === 'compound').map(({ id }) => id)]) {
      expect(states.filter((state) => state.parent === parent && state.initial).length, `${machine.id} ${parent}`).toBe(
        1,
      );
    }
  }
});

test('a turn, as it is written', () => {
  const { states, transitions } = describeMachine(turnMachine);
  expect(states.find(({ id }) => id === 'model')).toMatchObject({ initial: true, entry: ['callModel'] });
  expect(states.find(({ id }) => id === 'done')?.kind).toBe('final');
  expect(transitions).toContainEqual({
    from: 'resting',
    to: 'model',
    on: 'delay',
    event: 'rest',
    guard: null,
    actions: ['addRest'],
  });
  expect(transitions).toContainEqual({
    from: 'tools',
    to: 'model',
    on: 'always',
    event: '',
    guard: 'allDone',
    actions: [],
  });
  // Heard, and without any effect there.
  expect(transitions.some(({ from, event }) => from === 'resting' && event === 'approval.answered')).toBe(false);
});

/** Where the definition says that an event leads: the first state, and those that conditions lead on to. */
const reachable = (machine: AnyStateMachine, from: readonly string[], event: string): Set<string> => {
  const { states, transitions } = describeMachine(machine);
  const enter = (id: string): string => {
    const inner = states.find(({ parent, initial }) => parent === id && initial);
    return inner ? enter(inner.id) : id;
  };
  const found = new Set<string>(from);
  const around = new Set(withAncestors(from));
  for (const { from: start, to, event: heard, on } of transitions) {
    if (on !== 'always' && to !== null && heard === event && around.has(start)) found.add(enter(to));
  }
  for (const id of found) {
    const about = new Set(withAncestors([id]));
    for (const { from: start, to, on } of transitions) {
      if (on === 'always' && to !== null && about.has(start)) found.add(enter(to));
    }
  }
  return found;
};

test('what a machine does is what its definition says', () => {
  const settled = { outcome: 'settled', status: 'completed', admitted: [], starts: null };
  const plays: [AnyStateMachine, unknown, { type: string }[]][] = [
    [
      turnMachine,
      undefined,
      [
        { type: 'model.replied', calls: [] } as never,
        { type: 'cancel' },
        { type: 'effects.drained' },
        { type: 'turn.settled' },
      ],
    ],
    [
      stepMachine,
      { retries: 1, backoffMs: 1, timeoutMs: 5 },
      [
        { type: 'prepared', prepared: { outcome: 'work', work: { kind: 'turn' } } } as never,
        { type: 'expire' },
        { type: 'effects.drained' },
        { type: 'settled', status: 'timed_out' } as never,
      ],
    ],
    [
      fanOutMachine,
      { fanOut: { maxConcurrent: 1, join: 'all', rest: 'continue', timeoutMs: null }, count: 2 },
      [{ type: 'cancel' }, { type: 'effects.drained' }],
    ],
    [
      subagentMachine,
      undefined,
      [
        { type: 'entered', entered: { outcome: 'admitted', work: {} } } as never,
        { type: 'turn.ended' },
        { type: 'settled', settled } as never,
      ],
    ],
    [
      flowMachine,
      undefined,
      [{ type: 'loaded', graph: { steps: [], batches: [] }, paused: false } as never, { type: 'settled' }],
    ],
    [
      scriptMachine,
      undefined,
      [
        { type: 'loaded', paused: false, maxConcurrent: 1, leftMs: null } as never,
        { type: 'late' },
        { type: 'effects.drained' },
        { type: 'settled' },
      ],
    ],
  ];
  for (const [machine, input, events] of plays) {
    let [snapshot] = initialTransition(machine, input as never);
    for (const event of events) {
      const before = innermost(snapshot.value);
      const allowed = reachable(machine, before, event.type);
      [snapshot] = transition(machine, snapshot, event as never);
      const after = innermost(snapshot.value);
      expect(
        after.every((id) => allowed.has(id)),
        `${machine.id}: ${before} ${event.type} ${after}`,
      ).toBe(true);
    }
    expect(snapshot.status, machine.id).toBe('done');
  }
});

test('values in words', () => {
  expect(innermost('model')).toEqual(['model']);
  expect(innermost({ attempting: { deep: 'working' } })).toEqual(['attempting.deep.working']);
  expect(innermost({ a: {}, b: 'c' })).toEqual(['a', 'b.c']);
  expect(withAncestors(['a.b.c', 'a.d'])).toEqual(['a', 'a.b', 'a.b.c', 'a.d']);
  expect(Object.keys(machinesByType).toSorted()).toEqual([
    'batch',
    'branch',
    'fileChanges',
    'flow',
    'flowStep',
    'map',
    'scheduledFlow',
    'script',
    'scriptCall',
    'subagent',
    'turn',
  ]);
});
