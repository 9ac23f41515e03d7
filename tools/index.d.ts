import type { z } from 'zod';

export { z } from 'zod';

/** What a call gets beside its arguments. */
export type ToolContext = {
  /** The session's folder, absolute; also the working directory of the process. */
  workspace: string;
  /** The same when the same call runs again: pass it on to what must happen once. */
  key: string;
  /** Aborted when the call is cancelled or its time is over. The process ends shortly after. */
  signal: AbortSignal;
  /** Shown to people while the call runs; not part of the result. */
  log(text: string): void;
};

export type Tool<Input extends z.ZodObject> = {
  /** Letters, digits and single underscores: how models call it. */
  name: string;
  /** For the model: what the tool does, and when to use it. */
  description: string;
  /** The arguments: `z.object({ … })`. Describe each field for the model with `.describe('…')`. */
  input: Input;
  /**
   * What happens to a call that is cut off in the middle: `pure` runs again; `idempotent` runs again with the same
   * `context.key`; `once` never does, and the model is informed that the outcome is unknown. Default: `once`.
   */
  effect?: 'pure' | 'idempotent' | 'once';
  /** `read` never asks; `write` and `run` ask a user unless the session allows them. Default: `run`. */
  permission?: 'read' | 'write' | 'run';
  /** Until a call is ended. Default: 60; at most 3600. */
  seconds?: number;
  /** A text is the result as it is; anything else is given to the model as JSON. What it throws is the error that the model reads. */
  run(args: z.output<Input>, context: ToolContext): unknown;
};

export declare const defineTool: <Input extends z.ZodObject>(tool: Tool<Input>) => Tool<Input>;
