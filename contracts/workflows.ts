import { z } from 'zod';

/** One state of a machine. Its id is its path from the top, joined by dots. */
export const MachineState = z.object({
  id: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  kind: z.enum(['atomic', 'compound', 'parallel', 'final']),
  /** Entered when its parent, or the machine, is entered. */
  initial: z.boolean(),
  /** Names of the effects that entering it starts. */
  entry: z.array(z.string()),
});
export type MachineState = z.infer<typeof MachineState>;

export const MachineTransition = z.object({
  from: z.string(),
  /** Null: the machine stays in its state. */
  to: z.string().nullable(),
  /** What it follows: a message or result, only a condition, or a delay. */
  on: z.enum(['event', 'always', 'delay']),
  /** The name of the event or of the delay; empty for a condition. */
  event: z.string(),
  guard: z.string().nullable(),
  actions: z.array(z.string()),
});
export type MachineTransition = z.infer<typeof MachineTransition>;

/** A machine as it is drawn. Always read from the machine that runs. */
export const MachineDefinition = z.object({
  name: z.string(),
  states: z.array(MachineState),
  transitions: z.array(MachineTransition),
});
export type MachineDefinition = z.infer<typeof MachineDefinition>;

/** A change of state: the event, and the innermost states afterwards. */
export const MachineMove = z.object({
  at: z.iso.datetime(),
  /** Null: the start. */
  event: z.string().nullable(),
  states: z.array(z.string()),
});
export type MachineMove = z.infer<typeof MachineMove>;

export const LiveMachine = z.object({
  definition: MachineDefinition,
  /** Null: unknown. */
  live: z
    .object({
      isDone: z.boolean(),
      /** The innermost states and all around them. */
      states: z.array(z.string()),
      context: z.unknown(),
      /** Since this run of the workflow began, the oldest first. */
      path: z.array(MachineMove),
      /** Moves that were left out of the middle of a long path. */
      left: z.int().nonnegative(),
    })
    .nullable(),
});
export type LiveMachine = z.infer<typeof LiveMachine>;

/** The machines of a workflow: its own and, for a step whose agent works there, that of the turn. */
export const WorkflowMachines = z.object({
  machines: z.array(LiveMachine),
  /** Why no live state is known. */
  unknownBecause: z.string().nullable(),
});
export type WorkflowMachines = z.infer<typeof WorkflowMachines>;

export const WorkflowStatus = z.enum([
  'running',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'continued_as_new',
  'timed_out',
  'unknown',
]);
export type WorkflowStatus = z.infer<typeof WorkflowStatus>;

const At = z.iso.datetime().nullable();

export const PendingActivity = z.object({
  id: z.string(),
  type: z.string(),
  /** `backing_off`: waits for its next attempt. `queued`: waits for a worker. */
  state: z.enum(['queued', 'backing_off', 'running', 'cancelling', 'paused']),
  attempt: z.int(),
  /** Null: no limit. */
  maxAttempts: z.int().nullable(),
  scheduledAt: At,
  startedAt: At,
  heartbeatAt: At,
  /** Of one that backs off. */
  nextAttemptAt: At,
  worker: z.string().nullable(),
  /** How its last attempt ended. */
  failure: z.string().nullable(),
});
export type PendingActivity = z.infer<typeof PendingActivity>;

export const Poller = z.object({
  worker: z.string(),
  /** What it asks for. */
  takes: z.array(z.enum(['workflows', 'activities'])),
  seenAt: At,
});
export type Poller = z.infer<typeof Poller>;

/** What Temporal's server knows of a workflow. */
export const WorkflowFacts = z.object({
  workflowId: z.string(),
  runId: z.string(),
  type: z.string(),
  status: WorkflowStatus,
  isCancelling: z.boolean(),
  startedAt: z.iso.datetime(),
  closedAt: At,
  /** The id of the workflow that started it. */
  parent: z.string().nullable(),
  history: z.object({ events: z.int(), bytes: z.int().nullable() }),
  /** The task of the workflow itself that waits or runs now. More than one attempt means that it fails. */
  task: z.object({ attempt: z.int(), isRunning: z.boolean() }).nullable(),
  activities: z.array(PendingActivity),
  children: z.array(z.object({ workflowId: z.string(), type: z.string() })),
  queue: z.object({ name: z.string(), backlog: z.int().nullable(), pollers: z.array(Poller) }),
});
export type WorkflowFacts = z.infer<typeof WorkflowFacts>;

export const TerminateWorkflow = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export type TerminateWorkflow = z.infer<typeof TerminateWorkflow>;
