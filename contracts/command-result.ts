import { z } from 'zod';

/** `text`: the beginning and the end, with a line that says what is left out between them. */
export const StreamOutput = z.object({
  text: z.string(),
  bytes: z.int().nonnegative(),
  /** Characters. */
  leftOut: z.int().nonnegative(),
});
export type StreamOutput = z.infer<typeof StreamOutput>;

/** How a command ended, beside the text that the model reads. */
export const CommandResult = z.object({
  argv: z.array(z.string()),
  /** Relative to the workspace. */
  cwd: z.string(),
  /** What it is for, as the model says. */
  description: z.string().nullable(),
  /** Null where a signal ended it, or it runs in the background. */
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why it was ended; null where it ended by itself. */
  stopped: z.enum(['time', 'output', 'abort']).nullable(),
  stdout: StreamOutput,
  stderr: StreamOutput,
  isTruncated: z.boolean(),
  durationMs: z.int().nonnegative(),
  /** Of one that runs in the background. */
  id: z.string().nullable(),
});
export type CommandResult = z.infer<typeof CommandResult>;

export const commandStatuses = ['running', 'exited', 'stopped', 'lost'] as const;

/** A command that runs, or ran, in the background. */
export const BackgroundCommand = z.object({
  id: z.string(),
  sessionId: z.string(),
  argv: z.array(z.string()),
  description: z.string().nullable(),
  /** `lost`: the worker that ran it died, and it ended with it. */
  status: z.enum(commandStatuses),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** The newest part of what it wrote, on both streams in the order in which it came. */
  output: z.string(),
  /** Characters before it that are no longer kept. */
  outputFrom: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type BackgroundCommand = z.infer<typeof BackgroundCommand>;

export const CommandList = z.object({ commands: z.array(BackgroundCommand) });
export type CommandList = z.infer<typeof CommandList>;
