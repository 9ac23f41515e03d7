import { assign, setup } from 'xstate';
import type { ErrorCode } from '../../contracts/errors.ts';
import { advance, type Choices, faults, type Statuses, type Unrun, unwanted } from '../../contracts/flow-schedule.ts';
import type { Graph } from '../../contracts/graph.ts';
import type { NodeStatus, RunStatus } from '../../contracts/runs.ts';
import type { DriverEvent } from '../driver/driver.ts';

type Ending = { status: Exclude<RunStatus, 'running'>; code: ErrorCode | null; steps: string[] };

export type FlowContext = {
  graph: Graph;
  statuses: Statuses;
  choices: Choices;
  /** Steps to cancel that have been told so. */
  dropped: string[];
  isPaused: boolean;
  /** A pause or a resume came while the run was read: it is newer than what was read. */
  isTold: boolean;
  /** A step that asks to stop the run has failed: only what must always run still starts. */
  isStopping: boolean;
  isCancelled: boolean;
  ending: Ending | null;
};

export type FlowEvent =
  | { type: 'loaded'; graph: Graph; paused: boolean }
  | { type: 'ended.before' }
  | { type: 'step.ended'; step: string; status: NodeStatus; chosen: number | null }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'cancel' }
  | { type: 'settled' }
  | DriverEvent;

const isRunning = (status: NodeStatus | undefined): boolean => status === 'running';
const running = ({ graph, statuses }: FlowContext): string[] =>
  graph.steps.filter(({ id }) => isRunning(statuses[id])).map(({ id }) => id);
const pending = ({ graph, statuses }: FlowContext): string[] =>
  graph.steps.filter(({ id }) => statuses[id] === undefined).map(({ id }) => id);

/** How a run ends in which nothing runs and nothing can start. */
const endingOf = (context: FlowContext): Ending => {
  const { graph, statuses } = context;
  const stuck = pending(context);
  if (stuck.length > 0) return { status: 'failed', code: 'run_stuck', steps: stuck };
  const failed = faults(graph, statuses);
  // What was cancelled has followed from what failed.
  const causes = failed.filter((step) => statuses[step] !== 'cancelled');
  return failed.length > 0
    ? { status: 'failed', code: 'run_failed', steps: causes.length > 0 ? causes : failed }
    : { status: 'completed', code: null, steps: [] };
};

const base = setup({
  types: {} as { context: FlowContext; events: FlowEvent },
  actions: {
    loadRun: () => {},
    startStep: (_, _params: { step: string }) => {},
    /** A step whose group has joined without it. */
    dropStep: (_, _params: { step: string }) => {},
    recordUnrun: (_, _params: { unrun: Unrun[] }) => {},
    openBranch: (_, _params: { step: string; chosen: number }) => {},
    notifyPaused: (_, _params: { paused: boolean }) => {},
    settleRun: (_, _params: Ending) => {},
    cancelEffects: () => {},
    note: assign(({ context, event }) => {
      if (event.type !== 'step.ended') return {};
      const { step, status, chosen } = event;
      const declared = context.graph.steps.find(({ id }) => id === step);
      const hasFailed = status === 'failed' || status === 'timed_out';
      return {
        statuses: { ...context.statuses, [step]: status },
        choices: chosen === null ? context.choices : { ...context.choices, [step]: chosen },
        isStopping: context.isStopping || (hasFailed && declared?.onError === 'stop'),
      };
    }),
  },
  guards: {
    hasSettled: ({ context }) => running(context).length === 0 && (!context.isPaused || pending(context).length === 0),
  },
});

/** Decides all that can be decided, and starts what may run. Nothing starts while the run is paused. */
const move = base.enqueueActions(({ context, enqueue }) => {
  if (context.isPaused) return;
  const { start, unrun } = advance(context.graph, context.statuses, context.choices, context.isStopping);
  const statuses: Record<string, NodeStatus> = { ...context.statuses };
  for (const { step, status } of unrun) statuses[step] = status;
  for (const step of start) statuses[step] = 'running';
  const drop = unwanted(context.graph, statuses).filter((step) => !context.dropped.includes(step));
  const stop = context.isStopping
    ? context.graph.steps
        .filter(({ id, trigger }) => trigger !== 'always' && isRunning(statuses[id]) && !context.dropped.includes(id))
        .map(({ id }) => id)
    : [];
  const dropped = [...new Set([...drop, ...stop])];
  enqueue.assign({ statuses, dropped: [...context.dropped, ...dropped] });
  if (unrun.length > 0) enqueue({ type: 'recordUnrun', params: { unrun } });
  for (const step of start) enqueue({ type: 'startStep', params: { step } });
  for (const step of dropped) enqueue({ type: 'dropStep', params: { step } });
});

/**
 * One execution of a flow. It knows every step's state and decides alone what starts; the workflows of batches and
 * branches only carry out. When nothing runs and nothing can start, the run ends: with what failed, or as stuck.
 */
export const flowMachine = base.createMachine({
  id: 'flow',
  context: {
    graph: { steps: [], batches: [] },
    statuses: {},
    choices: {},
    dropped: [],
    isPaused: false,
    isTold: false,
    isStopping: false,
    isCancelled: false,
    ending: null,
  },
  initial: 'loading',
  on: {
    // A repeated notice, or one that no longer makes a difference.
    pause: {},
    resume: {},
    cancel: {},
    'step.ended': {},
    'effect.failed': {},
    'effects.drained': {},
    loaded: {},
    'ended.before': {},
    settled: {},
  },
  states: {
    loading: {
      entry: 'loadRun',
      on: {
        loaded: {
          target: 'active',
          actions: assign(({ context, event: { graph, paused } }) => ({
            graph,
            isPaused: context.isTold ? context.isPaused : paused,
          })),
        },
        'ended.before': 'done',
        pause: { actions: assign({ isPaused: true, isTold: true }) },
        resume: { actions: assign({ isPaused: false, isTold: true }) },
        cancel: 'cancelling',
        'effect.failed': {
          target: 'settling',
          actions: assign({ ending: ({ event }) => ({ status: 'failed' as const, code: event.code, steps: [] }) }),
        },
      },
    },
    active: {
      entry: move,
      always: {
        guard: 'hasSettled',
        target: 'settling',
        actions: assign({ ending: ({ context }) => endingOf(context) }),
      },
      on: {
        'step.ended': {
          actions: [
            base.enqueueActions(({ event, enqueue }) => {
              if (event.type === 'step.ended' && event.chosen !== null) {
                enqueue({ type: 'openBranch', params: { step: event.step, chosen: event.chosen } });
              }
            }),
            'note',
            move,
          ],
        },
        pause: { actions: [assign({ isPaused: true }), { type: 'notifyPaused', params: { paused: true } }] },
        resume: { actions: [assign({ isPaused: false }), { type: 'notifyPaused', params: { paused: false } }, move] },
        cancel: 'cancelling',
        'effect.failed': {
          target: 'stopping',
          actions: assign({ ending: ({ event }) => ({ status: 'failed' as const, code: event.code, steps: [] }) }),
        },
      },
    },
    cancelling: {
      entry: assign({ isCancelled: true, ending: { status: 'cancelled', code: 'run_cancelled', steps: [] } }),
      always: 'stopping',
    },
    /** Waits until everything that ran has ended: no child and no process outlives the run. */
    stopping: {
      entry: 'cancelEffects',
      on: { 'effects.drained': 'settling' },
    },
    settling: {
      entry: {
        type: 'settleRun',
        params: ({ context }) => context.ending ?? { status: 'failed', code: 'internal', steps: [] },
      },
      on: { settled: 'done', 'effect.failed': 'done' },
    },
    done: { type: 'final' },
  },
});
