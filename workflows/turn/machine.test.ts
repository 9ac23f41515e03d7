import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import type { Call } from '../../contracts/activities.ts';
import { type CallState, startable, type TurnEvent, turnMachine } from './machine.ts';

const call = (number: number, more: Partial<CallState> = {}): CallState => ({
  call: number,
  tool: 'read_file',
  effect: 'pure',
  approval: 'none',
  state: 'waiting',
  ...more,
});

const numbers = (calls: CallState[]): number[] => startable(calls).map((started) => started.call);

describe('which calls start', () => {
  test.each<[string, CallState[], number[]]>([
    ['neighbours that are pure run together', [call(0), call(1), call(2)], [0, 1, 2]],
    ['any other runs alone', [call(0, { effect: 'once' }), call(1)], [0]],
    ['and waits for those before it', [call(0), call(1, { effect: 'idempotent' }), call(2)], [0]],
    ['a running one is not started again', [call(0, { state: 'running' }), call(1)], [1]],
    ['nothing overtakes one that is not pure', [call(0, { effect: 'once', state: 'running' }), call(1)], []],
    ['nothing overtakes one that waits for a person', [call(0, { effect: 'once', approval: 'pending' }), call(1)], []],
    ['an answered one starts', [call(0, { effect: 'once', approval: 'deny' }), call(1)], [0]],
    ['what is done is out of the way', [call(0, { state: 'done' }), call(1, { effect: 'once' }), call(2)], [1]],
  ])('%s', (_, calls, expected) => expect(numbers(calls)).toEqual(expected));
});

type Snapshot = ReturnType<typeof initialTransition<typeof turnMachine>>[0];

const asked: Call[] = [
  { call: 0, tool: 'read_file', effect: 'pure', approval: 'none' },
  { call: 1, tool: 'run_command', effect: 'once', approval: 'pending' },
];

/** Without and with a message that waits for the turn's end. */
const ways = (end: TurnEvent): TurnEvent[] => [end, { ...end, next: 2 } as TurnEvent];

/** Every event that the world can bring about in a state, as the driver, the API and a person would. */
const possibleEvents = ({ value, context }: Snapshot): TurnEvent[] => {
  const always: TurnEvent[] = [{ type: 'cancel' }];
  const failed = (effect: string): TurnEvent => ({ type: 'effect.failed', effect, params: {}, code: 'internal' });
  switch (value) {
    case 'model':
      return [
        ...always,
        ...ways({ type: 'model.finished' }),
        ...ways({ type: 'model.finished', code: 'step_limit' }),
        { type: 'model.replied', calls: [] },
        ...(context.restedMs === 0 ? [{ type: 'model.resting' as const, forMs: 5000 }] : []),
        { type: 'key.cleared' },
        { type: 'model.replied', calls: asked },
        { type: 'model.replied', calls: [{ call: 0, tool: 'read_file', effect: 'pure', approval: 'none', ran: true }] },
        failed('callModel'),
        ...(context.early.length === 0
          ? [{ type: 'approval.answered' as const, step: context.step, call: 1, decision: 'approve' as const }]
          : []),
      ];
    case 'resting':
      return [...always, { type: 'key.cleared' }, { type: 'xstate.after.rest.turn.resting' } as never];
    case 'tools':
      return [
        ...always,
        failed('runTool'),
        ...context.calls.flatMap(({ call: number, effect, approval, state }): TurnEvent[] => [
          ...(state === 'running' ? [{ type: 'tool.done' as const, call: number }] : []),
          ...(state === 'running' && effect !== 'pure' ? ways({ type: 'tool.finished', call: number }) : []),
          ...(approval === 'pending'
            ? (['approve', 'deny'] as const).map((decision) => ({
                type: 'approval.answered' as const,
                step: context.step,
                call: number,
                decision,
              }))
            : []),
        ]),
      ];
    case 'stopping':
      return [...always, { type: 'effects.drained' }];
    case 'settling':
      return [...always, ...ways({ type: 'turn.settled' }), failed('settleTurn')];
    case 'ended':
      return [...always, { type: 'next.started' }, failed('startNext')];
    default:
      return [];
  }
};

/** Moves the machine, or stands in the state's definition as an event that needs no move. */
const isForeseen = (state: Snapshot, event: TurnEvent): boolean =>
  state.can(event) || event.type in (turnMachine.states[state.value]?.config.on ?? {});

/** The machine is the same at every step: two show all of it. */
const maxSteps = 2;

const explore = () => {
  const [first] = initialTransition(turnMachine);
  const key = (snapshot: Snapshot): string => JSON.stringify([snapshot.value, snapshot.context]);
  const seen = new Map<string, Snapshot>([[key(first), first]]);
  const edges = new Map<string, string[]>();
  const queue = [first];
  for (let state = queue.shift(); state; state = queue.shift()) {
    const targets = possibleEvents(state).map((event) => {
      expect(isForeseen(state, event), `${state.value} drops ${event.type}`).toBe(true);
      const [next] = transition(turnMachine, state, event);
      if (!seen.has(key(next)) && next.context.step <= maxSteps) {
        seen.set(key(next), next);
        queue.push(next);
      }
      return key(next);
    });
    edges.set(key(state), targets);
  }
  return { seen, edges };
};

test('every reachable state can end, and none drops an event that can come', () => {
  const { seen, edges } = explore();
  const canEnd = new Set([...seen].filter(([, { status }]) => status === 'done').map(([name]) => name));
  for (let before = -1; before !== canEnd.size; ) {
    before = canEnd.size;
    for (const [name, targets] of edges) if (targets.some((target) => canEnd.has(target))) canEnd.add(name);
  }
  expect(seen.size).toBeGreaterThan(15);
  expect([...seen.keys()].filter((name) => !canEnd.has(name))).toEqual([]);
});

test('an answer that comes before the reply is heard counts, one of another step does not', () => {
  const [first] = initialTransition(turnMachine);
  const answer = (step: number): TurnEvent => ({ type: 'approval.answered', step, call: 1, decision: 'approve' });
  const reply: TurnEvent = { type: 'model.replied', calls: asked };
  const done: TurnEvent = { type: 'tool.done', call: 0 };
  const runsAfter = (events: TurnEvent[]): object[] => {
    let state = first;
    return events.flatMap((event) => {
      const [next, actions] = transition(turnMachine, state, event);
      state = next;
      return actions
        .flatMap(({ type, params }) => (type === 'runTool' ? [params as { call: number }] : []))
        .map(({ call: number }) => ({ number }));
    });
  };
  expect(runsAfter([answer(1), reply, done])).toEqual([{ number: 0 }, { number: 1 }]);
  expect(runsAfter([answer(2), reply, done])).toEqual([{ number: 0 }]);
});

test('a call that ends the turn is the last thing that happens: nothing else is started', () => {
  const [first] = initialTransition(turnMachine);
  const handingIn: Call = { call: 1, tool: 'submit_result', effect: 'idempotent', approval: 'none' };
  const after: Call = { call: 2, tool: 'read_file', effect: 'pure', approval: 'none' };
  const calls = [...asked.slice(0, 1), handingIn, after];
  const [tools] = transition(turnMachine, first, { type: 'model.replied', calls });
  const [alone, started] = transition(turnMachine, tools, { type: 'tool.done', call: 0 });
  expect(started.map(({ type, params }) => [type, params])).toEqual([
    ['runTool', { step: 1, call: 1, tool: 'submit_result', effect: 'idempotent' }],
  ]);
  const [end, actions] = transition(turnMachine, alone, { type: 'tool.finished', call: 1 });
  expect([end.status, actions]).toEqual(['done', []]);
});

test('a call is started once, whatever is answered twice', () => {
  const [first] = initialTransition(turnMachine);
  const [tools, started] = transition(turnMachine, first, { type: 'model.replied', calls: asked });
  const answer: TurnEvent = { type: 'approval.answered', step: 1, call: 1, decision: 'approve' };
  const [done] = transition(turnMachine, tools, { type: 'tool.done', call: 0 });
  const [answered, actions] = transition(turnMachine, done, answer);
  const [, again] = transition(turnMachine, answered, answer);
  const runs = [...started, ...actions, ...again].filter(({ type }) => type === 'runTool');
  expect(runs.map(({ params }) => params)).toEqual([
    { step: 1, call: 0, tool: 'read_file', effect: 'pure' },
    { step: 1, call: 1, tool: 'run_command', effect: 'once' },
  ]);
});

test('calls that ran within their step are done: the next step follows at once, in the same state as after calls of their own', () => {
  const [first] = initialTransition(turnMachine);
  const ran = asked.slice(0, 1).map((one) => ({ ...one, ran: true as const }));
  const [after, actions] = transition(turnMachine, first, { type: 'model.replied', calls: ran });
  expect([after.value, after.context.step]).toEqual(['model', 2]);
  expect(actions.map(({ type, params }) => [type, params])).toEqual([['callModel', { step: 2 }]]);
});

test('a reply that is not whole is followed by the next step; a step that fails the turn needs nobody to settle it', () => {
  const [first] = initialTransition(turnMachine);
  const [again, actions] = transition(turnMachine, first, { type: 'model.replied', calls: [] });
  expect([again.value, again.context.step]).toEqual(['model', 2]);
  expect(actions.map(({ type, params }) => [type, params])).toEqual([['callModel', { step: 2 }]]);
  const [failed, none] = transition(turnMachine, again, { type: 'model.finished', code: 'model_reply_cut' });
  expect([failed.status, failed.context.ending, none]).toEqual([
    'done',
    { status: 'failed', code: 'model_reply_cut' },
    [],
  ]);
});

test('a step without a key that can be asked rests, and is asked again as the same step: when the time is over, or before', () => {
  const [first] = initialTransition(turnMachine);
  const rest = { type: 'model.resting', forMs: 60_000 } as const;
  const isOver = { type: 'xstate.after.rest.turn.resting' } as never;
  const calls = (actions: readonly { type: string; params?: unknown }[]) =>
    actions.flatMap(({ type, params }) => (type === 'callModel' ? [params] : []));
  const [resting, timers] = transition(turnMachine, first, rest);
  expect(resting.value).toBe('resting');
  expect(timers).toMatchObject([{ type: 'xstate.raise', params: { delay: 60_000 } }]);
  const [second, again] = transition(turnMachine, resting, isOver);
  expect([second.value, calls(again)]).toEqual(['model', [{ step: 1, restedMs: 60_000 }]]);
  const [, thrice] = transition(turnMachine, transition(turnMachine, second, rest)[0], isOver);
  expect(calls(thrice)).toEqual([{ step: 1, restedMs: 120_000 }]);
  const [, early] = transition(turnMachine, resting, { type: 'key.cleared' });
  expect(calls(early)).toEqual([{ step: 1 }]);
  expect(early).toContainEqual(expect.objectContaining({ type: 'xstate.cancel' }));
  const [, cancelled] = transition(turnMachine, resting, { type: 'cancel' });
  expect(cancelled.map(({ type }) => type)).toEqual(['xstate.cancel', 'cancelEffects']);
  const [next] = transition(turnMachine, second, { type: 'model.replied', calls: [] });
  expect(next.context).toMatchObject({ step: 2, restedMs: 0 });
});

test('the end of a turn starts the one that was assigned with it, once', () => {
  const [first] = initialTransition(turnMachine);
  const [ended, actions] = transition(turnMachine, first, { type: 'model.finished', next: 2 });
  expect(actions.map(({ type, params }) => [type, params])).toEqual([['startNext', { turn: 2 }]]);
  const [done, more] = transition(turnMachine, ended, { type: 'next.started' });
  expect([done.status, more]).toEqual(['done', []]);
});
