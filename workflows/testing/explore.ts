import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';

/** What can happen to a machine: something of its own comes back, or someone sends it something. */
export type Happening<Event> = { event: Event; from: 'effect' | 'timer' | 'world'; once?: string };

type Effect = { type: string; params: unknown };
type Timer = { id: string; event: object };

/** A machine and what the driver holds for it. */
export type World<Snapshot> = {
  snapshot: Snapshot;
  /** Effects whose results are awaited. */
  running: Effect[];
  timers: Timer[];
  /** `cancelEffects` that have not been followed by `effects.drained`. */
  draining: number;
  /** What is worth remembering: messages that come once, starts, reports. */
  log: string[];
};

type Options<Machine extends AnyStateMachine, Snapshot, Event> = {
  machine: Machine;
  input?: unknown;
  /** What an effect can come back with; null where the machine is not told of its end. */
  results(effect: { type: string; params: never }, world: World<Snapshot>): Event[] | null;
  /** What can be sent at any time. One with `once` is sent once. */
  world(world: World<Snapshot>): { event: Event; once?: string }[];
  /** Actions that the log remembers, by what it calls them. */
  remember?(effect: { type: string; params: never }): string | null;
  /** Beyond it nothing new is found. */
  isFarEnough?(snapshot: Snapshot): boolean;
};

export type Edge<Event> = Happening<Event> & { to: string; actions: Effect[] };
export type Explored<Snapshot, Event> = {
  states: Map<string, World<Snapshot>>;
  edges: Map<string, Edge<Event>[]>;
  /** The events that lead to a state, for messages. */
  path(key: string): string;
};

const keyOf = ({ snapshot, running, timers, draining, log }: World<AnyMachineSnapshot>): string =>
  JSON.stringify([
    snapshot.value,
    snapshot.context,
    running.map((effect) => JSON.stringify(effect)).toSorted(),
    timers.map(({ id }) => id).toSorted(),
    draining,
    log,
  ]);

/** Does what the driver does with the actions of a transition. */
const perform = (world: World<AnyMachineSnapshot>, effect: Effect, isAwaited: boolean, name: string | null): void => {
  if (effect.type === 'xstate.raise') {
    const { id, event } = effect.params as Timer;
    world.timers = [...world.timers.filter((timer) => timer.id !== id), { id, event }];
  } else if (effect.type === 'xstate.cancel') {
    const { sendId } = effect.params as { sendId: string };
    world.timers = world.timers.filter(({ id }) => id !== sendId);
  } else if (effect.type === 'cancelEffects') {
    world.running = [];
    world.draining++;
  } else if (isAwaited) world.running = [...world.running, effect];
  if (name !== null) world.log = [...world.log, name].toSorted();
};

/** All states that can be reached, breadth-first, with every event that can come in each. */
export const explore = <Machine extends AnyStateMachine, Snapshot extends AnyMachineSnapshot, Event extends object>(
  options: Options<Machine, Snapshot, Event>,
): Explored<Snapshot, Event> => {
  const { machine, results, world: sent, remember = () => null, isFarEnough = () => false } = options;
  const states = new Map<string, World<Snapshot>>();
  const edges = new Map<string, Edge<Event>[]>();
  const parents = new Map<string, { key: string; event: Event }>();

  const settle = (world: World<Snapshot>, actions: Effect[]): World<Snapshot> => {
    const next = { ...world };
    for (const action of actions) {
      const effect = { type: action.type, params: action.params as never };
      perform(next, effect, results(effect, next) !== null, remember(effect));
    }
    return next.snapshot.status === 'done' ? { ...next, timers: [], draining: 0 } : next;
  };

  const happenings = (world: World<Snapshot>): (Happening<Event> & { before: World<Snapshot> })[] => [
    ...world.running.flatMap((effect, at) => {
      const before = { ...world, running: world.running.toSpliced(at, 1) };
      const ends = results({ type: effect.type, params: effect.params as never }, world) ?? [];
      const failed = { type: 'effect.failed', effect: effect.type, params: effect.params, code: 'internal' };
      return [...ends, failed as unknown as Event].map((event) => ({ event, from: 'effect' as const, before }));
    }),
    ...world.timers.map((timer) => ({
      event: timer.event as Event,
      from: 'timer' as const,
      before: { ...world, timers: world.timers.filter((other) => other !== timer) },
    })),
    ...(world.draining > 0
      ? [
          {
            event: { type: 'effects.drained' } as unknown as Event,
            from: 'effect' as const,
            before: { ...world, draining: world.draining - 1 },
          },
        ]
      : []),
    ...sent(world).flatMap(({ event, once }) =>
      once !== undefined && world.log.includes(once)
        ? []
        : [
            {
              event,
              from: 'world' as const,
              before: once === undefined ? world : { ...world, log: [...world.log, once].toSorted() },
            },
          ],
    ),
  ];

  const [snapshot, actions] = initialTransition(machine, options.input as never);
  const empty = { snapshot: snapshot as unknown as Snapshot, running: [], timers: [], draining: 0, log: [] };
  const first = settle(empty, actions as Effect[]);
  states.set(keyOf(first), first);
  const queue = [first];
  for (let world = queue.shift(); world; world = queue.shift()) {
    const key = keyOf(world);
    const found: Edge<Event>[] = [];
    edges.set(key, found);
    if (world.snapshot.status !== 'active' || isFarEnough(world.snapshot)) continue;
    for (const { event, from, before } of happenings(world)) {
      const [next, performed] = transition(machine, before.snapshot as never, event as never);
      const after = settle({ ...before, snapshot: next as unknown as Snapshot }, performed as Effect[]);
      const to = keyOf(after);
      found.push({ event, from, to, actions: performed.map(({ type, params }) => ({ type, params })) });
      if (states.has(to)) continue;
      states.set(to, after);
      parents.set(to, { key, event });
      queue.push(after);
    }
  }

  const path = (key: string): string => {
    const steps: string[] = [];
    for (let at = parents.get(key); at; at = parents.get(at.key)) steps.unshift(JSON.stringify(at.event));
    return steps.join('\n');
  };
  return { states, edges, path };
};

/** The states from which no end can be reached when only the events that `may` allows come. */
export const withoutEnd = <Snapshot extends AnyMachineSnapshot, Event extends object>(
  { states, edges }: Explored<Snapshot, Event>,
  may: (edge: Edge<Event>) => boolean,
  isFarEnough: (snapshot: Snapshot) => boolean = () => false,
): string[] => {
  const before = new Map<string, string[]>();
  for (const [key, all] of edges) {
    for (const edge of all.filter(may)) before.set(edge.to, [...(before.get(edge.to) ?? []), key]);
  }
  const ends = [...states].filter(([, { snapshot }]) => snapshot.status === 'done' || isFarEnough(snapshot));
  const canEnd = new Set(ends.map(([key]) => key));
  const queue = [...canEnd];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const earlier of before.get(key) ?? []) {
      if (canEnd.has(earlier)) continue;
      canEnd.add(earlier);
      queue.push(earlier);
    }
  }
  return [...states.keys()].filter((key) => !canEnd.has(key));
};

/** Event types that come in a state and stand neither in it nor above it. */
export const undeclared = <Snapshot extends AnyMachineSnapshot, Event extends object>(
  { states, edges }: Explored<Snapshot, Event>,
  also: readonly string[] = [],
): string[] => {
  const found = new Set<string>();
  for (const [key, { snapshot }] of states) {
    if (snapshot.status !== 'active') continue;
    const declared = new Set(
      snapshot._nodes.flatMap(({ config, ownEvents }) => [...Object.keys(config.on ?? {}), ...ownEvents]),
    );
    const come = (edges.get(key) ?? []).map(({ event }) => (event as { type?: unknown }).type as string);
    for (const type of [...come, ...also]) {
      if (!declared.has(type)) found.add(`${JSON.stringify(snapshot.value)}: ${type}`);
    }
  }
  return [...found];
};
