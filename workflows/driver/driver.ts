import { ApplicationFailure, CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventFromLogic,
  type InputFrom,
  initialTransition,
  type SnapshotFrom,
  transition,
} from 'xstate';
import { type ErrorCode, isErrorCode } from '../../contracts/errors.ts';
import { createInbox, type From, type Inbox } from './inbox.ts';
import type { MachineReport } from './messages.ts';
import { createPath } from './path.ts';

/** An action of a machine that the driver runs: an activity, a child workflow, a message to another workflow. */
export type Effect = { type: string; params: object };

/**
 * What an effect gives back. `undefined` where the machine need not hear of it. A throw becomes the event
 * `effect.failed`, so a machine that starts effects that can fail handles it.
 */
export type EffectRunner<Event> = (params: never) => Promise<Event | undefined>;

export type EffectFailed = { type: 'effect.failed'; effect: string; params: object; code: ErrorCode };
/** Follows the action `cancelEffects` once every effect that ran has ended; their results are not heard. */
export type EffectsDrained = { type: 'effects.drained' };
export type DriverEvent = EffectFailed | EffectsDrained;

type Timer = { id: string; event: object; due: number };

/** A machine's whole state as plain JSON: goes through continue-as-new. */
export type Resume = { value: unknown; context: unknown; effects: Effect[]; timers: Timer[] };

type Options<Machine extends AnyStateMachine> = {
  machine: Machine;
  start: { input: InputFrom<Machine> } | { resume: Resume };
  effects: Record<string, EffectRunner<EventFromLogic<Machine>>>;
  /** Called after each transition and once at the start. */
  onState?: (snapshot: SnapshotFrom<Machine>) => void;
  /** History events after which the driver freezes at the next moment without a running effect. Default 4,000. */
  historyLimit?: number | undefined;
  /** Effects that wait for the next run once the history is over its limit, so that those that run can come to an end. */
  deferrable?: readonly string[];
  /** Effects that do not keep a run of the workflow open: cut off when it freezes, and begun again by the next run. */
  interruptible?: readonly string[];
  /** Default: one of its own. The drivers of a machine and of one that an effect of it runs share theirs. */
  inbox?: Inbox;
  /** Called at once when the machine cancels its effects: a machine within an effect hears of it before anything else. */
  onCancel?: () => void;
};

export type Driver<Machine extends AnyStateMachine> = {
  /** Resolves when the machine has heard the event. After the end an event changes nothing. */
  send(event: EventFromLogic<Machine>, from: 'signal' | 'update'): Promise<void>;
  /** The machine hears the event at once: for what is being delivered by the inbox that this driver shares. */
  hear(event: EventFromLogic<Machine>): void;
  snapshot(): SnapshotFrom<Machine>;
  /** What the queries of its workflow answer. */
  report(): MachineReport;
  /** `done`: the machine is in its final state. `continue`: it is frozen, the workflow continues-as-new with `resume()`. */
  readonly outcome: Promise<'done' | 'continue'>;
  /** The state to continue from. Read it last: events that come while frozen still move the machine. */
  resume(): Resume;
};

/** The code of a failure of ours within what an effect threw. */
export const codeOf = (error: unknown): ErrorCode => {
  if (isCancellation(error)) return 'turn_cancelled';
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) return cause.type;
  }
  return 'internal';
};

/**
 * Runs any machine: its transitions are pure, the actions they give are started here, and what those return comes
 * back as events. Delayed transitions become durable timers.
 */
export const createDriver = <Machine extends AnyStateMachine>(options: Options<Machine>): Driver<Machine> => {
  type Event = EventFromLogic<Machine>;
  const { machine, effects, onState, historyLimit = 4000, deferrable = [], interruptible = [] } = options;
  /** The effects whose results the machine still wants to hear. */
  const hearing = new Set<CancellationScope>();
  /** The ends of all effects that run, the cancelled ones too. */
  const ending = new Set<Promise<void>>();
  /** Of those: the ones that are cut off when the driver freezes. */
  const loose = new Map<Promise<void>, CancellationScope>();
  const timers = new Map<string, Timer & { scope: CancellationScope }>();
  /** What runs is cancelled by the machine alone: a cancelled workflow first lets its machine end. */
  const parent = new CancellationScope({ cancellable: false });
  const pending: Effect[] = [];
  const inbox = options.inbox ?? createInbox();
  const post = (event: Event, from: From, heard?: () => void): void => inbox.post(() => hear(event), from, heard);
  const path = createPath();
  let frozen = false;
  let finish: (outcome: 'done' | 'continue') => void;
  const outcome = new Promise<'done' | 'continue'>((resolve) => {
    finish = resolve;
  });

  const isOverLimit = (): boolean => workflowInfo().historyLength > historyLimit;

  const snapshot = (): SnapshotFrom<Machine> => current as SnapshotFrom<Machine>;

  const startTimer = ({ id, event, due }: Timer): void => {
    const scope = new CancellationScope({ cancellable: true, parent });
    timers.set(id, { id, event, due, scope });
    scope
      .run(() => sleep(Math.max(1, due - Date.now())))
      .then(
        () => {
          timers.delete(id);
          post(event as Event, 'result');
        },
        () => {},
      );
  };

  const stopTimer = (id: string): void => {
    timers.get(id)?.scope.cancel();
    timers.delete(id);
  };

  const cancelEffects = (): void => {
    options.onCancel?.();
    for (const scope of hearing) scope.cancel();
    hearing.clear();
    // What waits for the next run is no longer wanted either.
    pending.length = 0;
    void Promise.all(ending).then(() => post({ type: 'effects.drained' } as Event, 'result'));
  };

  const startEffect = ({ type, params }: Effect): void => {
    const run = effects[type];
    if (!run)
      throw ApplicationFailure.nonRetryable(`The machine asks for the effect ${type}, which has no runner`, 'internal');
    const scope = new CancellationScope({ cancellable: true, parent });
    hearing.add(scope);
    const end = scope
      .run(() => run(params as never))
      .catch((error: unknown): Event => ({ type: 'effect.failed', effect: type, params, code: codeOf(error) }) as Event)
      .then((event) => {
        ending.delete(end);
        loose.delete(end);
        if (hearing.delete(scope) && event) post(event, 'result');
      });
    ending.add(end);
    if (interruptible.includes(type)) loose.set(end, scope);
  };

  const perform = (type: string, params: object): void => {
    if (type === 'xstate.raise') {
      const { id, event, delay } = params as { id: string; event: object; delay: number };
      startTimer({ id, event, due: Date.now() + delay });
    } else if (type === 'xstate.cancel') {
      stopTimer((params as { sendId: string }).sendId);
    } else if (type === 'cancelEffects') {
      cancelEffects();
    } else if (frozen || (isOverLimit() && deferrable.includes(type))) {
      pending.push({ type, params });
    } else {
      startEffect({ type, params });
    }
  };

  const settle = (actions: { type: string; params?: unknown }[], event: string | null = null): void => {
    path.note(event, current.value);
    if (current.status === 'active' && ending.size === loose.size && isOverLimit()) {
      frozen = true;
      for (const scope of loose.values()) {
        hearing.delete(scope);
        scope.cancel();
      }
    }
    for (const { type, params } of actions) perform(type, (params ?? {}) as object);
    onState?.(snapshot());
    if (current.status === 'done') {
      for (const id of [...timers.keys()]) stopTimer(id);
      finish('done');
    } else if (frozen) {
      finish('continue');
    }
  };

  const hear = (event: Event): void => {
    if (current.status !== 'active') return;
    const [next, actions] = transition(machine, snapshot(), event);
    current = next;
    settle(actions, (event as { type: string }).type);
  };

  let current: AnyMachineSnapshot;
  if ('resume' in options.start) {
    const { value, context, effects: left, timers: due } = options.start.resume;
    current = machine.resolveState({ value, context } as Parameters<
      Machine['resolveState']
    >[0]) as SnapshotFrom<Machine>;
    for (const timer of due) startTimer(timer);
    // Not before the caller has this driver: effects read the machine through it.
    void Promise.resolve().then(() => settle(left));
  } else {
    const [first, actions] = initialTransition(machine, options.start.input);
    current = first;
    settle(actions);
  }

  return {
    send: (event, from) => new Promise((heard) => post(event, from, heard)),
    hear,
    snapshot,
    report: () => {
      const { value, context, status } = current;
      return { value, context, status, ...path.report() };
    },
    outcome,
    resume: () => {
      // What waits for the other machine of a shared inbox keeps its turn.
      if (!options.inbox) inbox.drain();
      return {
        value: current.value,
        context: current.context,
        effects: pending,
        timers: [...timers.values()].map(({ id, event, due }) => ({ id, event, due })),
      };
    },
  };
};
