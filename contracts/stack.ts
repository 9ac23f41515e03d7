import { z } from 'zod';

/** A process that the supervisor keeps running. */
export const KeptProcess = z.object({
  name: z.string(),
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
});
export type KeptProcess = z.infer<typeof KeptProcess>;

/** A process that ended, and was started again. */
export const Restart = z.object({
  process: z.string(),
  at: z.iso.datetime(),
  /** Such as `SIGKILL` or `exit code 1`. */
  how: z.string(),
  /** Milliseconds until it served again; null while it does not. */
  backAfterMs: z.number().nonnegative().nullable(),
});
export type Restart = z.infer<typeof Restart>;

/** Restarts that the supervisor remembers, the newest. */
export const maxRestarts = 50;

/** From the supervisor to the API, over the channel between them. */
export const StackMessage = z.object({
  type: z.literal('stack'),
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  processes: z.array(KeptProcess),
  /** The newest first. */
  restarts: z.array(Restart),
});
export type StackMessage = z.infer<typeof StackMessage>;

export const WorkerRow = z.object({
  id: z.string(),
  kind: z.string(),
  host: z.string(),
  startedAt: z.iso.datetime(),
  /** Since its last heartbeat. After more than 5 s it counts as lost, and others take over its work. */
  silentMs: z.number().nonnegative(),
  /** Attempts that it is making. */
  open: z.int().nonnegative(),
});
export type WorkerRow = z.infer<typeof WorkerRow>;

/** A task queue of Temporal. */
export const TaskQueue = z.object({
  name: z.string(),
  kind: z.enum(['workflow', 'activity']),
  /** Workers that have asked it for work within the last minutes. */
  pollers: z.int().nonnegative(),
  /** Tasks that wait, and how long the oldest has waited; null where this Temporal does not say. */
  backlog: z.int().nonnegative().nullable(),
  oldestMs: z.number().nonnegative().nullable(),
});
export type TaskQueue = z.infer<typeof TaskQueue>;

export const StackReport = z.object({
  at: z.iso.datetime(),
  api: z.object({ pid: z.int().positive(), startedAt: z.iso.datetime(), memoryBytes: z.int().nonnegative() }),
  /** Null where the API was not started by `everturn up`. */
  supervisor: StackMessage.omit({ type: true })
    .extend({ processes: z.array(KeptProcess.extend({ memoryBytes: z.int().nonnegative().nullable() })) })
    .nullable(),
  workers: z.array(WorkerRow),
  /** Null: Temporal cannot be asked. */
  queues: z.array(TaskQueue).nullable(),
  /** What has been accepted and not begun. */
  waiting: z.object({
    /** Messages that no turn has taken yet. */
    messages: z.int().nonnegative(),
    /** Runs of scripts that wait for a slot. */
    runs: z.int().nonnegative(),
    /** Background agents that wait for a slot. */
    subagents: z.int().nonnegative(),
  }),
  /** From the moment an event is written until this process is notified. Null: not within 2 s. */
  eventLagMs: z.number().nonnegative().nullable(),
  /** Null: Postgres cannot be asked. */
  database: z.object({ bytes: z.int().nonnegative(), connections: z.int().nonnegative() }).nullable(),
  disks: z.array(
    z.object({ of: z.string(), folder: z.string(), free: z.int().nonnegative(), size: z.int().nonnegative() }),
  ),
});
export type StackReport = z.infer<typeof StackReport>;
