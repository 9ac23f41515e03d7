import type { z } from 'zod';
import type { Attachments } from '../../attachments/attachments.ts';
import type { SubagentOrder } from '../../contracts/activities.ts';
import type { KeptImage } from '../../contracts/attachments.ts';
import type { ToolEffect, ToolPermission } from '../../contracts/tools.ts';
import type { Changes } from '../changes/session-changes.ts';
import type { Plan, PlanContext } from './change-tool.ts';
import type { Confinement } from './confine/confinement.ts';

export type ToolContext = {
  /** Whose call it is. */
  sessionId: string;
  turn: number;
  /** The session's folder, absolute and without symbolic links in any part. */
  workspace: string;
  /** Closed to tools wherever they are reached from, each with all below it but the scripts. See `files/closed.ts`. */
  dataFolders: readonly string[];
  signal: AbortSignal;
  /** The key of the call: the same when the same call runs again. */
  idempotencyKey: string;
  /** Output as it comes, before the result. Bounded in size; free of NUL and of broken surrogates. */
  onOutput: (text: string) => void;
  /** All that commands see of the environment. */
  env: Record<string, string>;
  /** How commands are run. */
  confinement: Confinement;
  /** The longest time, in seconds, that a command may take. */
  commandSeconds: number;
  /** Keeps images that the result shows. Undefined: nobody sees images. */
  attachments?: Pick<Attachments, 'add' | 'limits'> | undefined;
  /** Changes of files. */
  changes: Changes;
};

/** What the model is told. `error` is a failure that it can act on. */
export type ToolResult = {
  status: 'ok' | 'error';
  text: string;
  /** Of `submit_result`: JSON of the result, where it differs from what was handed in. */
  taken?: string;
  /** What the model is shown beside the text: kept by `attach`. */
  images?: KeptImage[];
  /** Of files that it changed: shown to people, not to the model. */
  diff?: string;
  /** What the call has written down, for a workflow to do. */
  subagent?: SubagentOrder;
};

type ToolArguments = Record<string, unknown>;

export type Tool = {
  name: string;
  /** For the model. */
  description: string;
  parameters: z.ZodObject;
  /** JSON Schema of the arguments as it is offered. Default: that of `parameters`. */
  schema?: Record<string, unknown>;
  effect: ToolEffect;
  permission: ToolPermission;
  /** Answers in milliseconds and is `pure`: runs in the activity of the step that asks for it. Default: false. */
  isQuick?: boolean;
  /** What the person who allows a call should know of it, beside its arguments. */
  about?(args: ToolArguments): Promise<string>;
  /** Where it comes from, if not with Everturn: what may be another one at any time. */
  source?: string;
  /** Of a session that began at this time: replaces `description`. */
  describeFor?: (createdAt: string) => string;
  /** A call that succeeds ends the turn. Not for a `pure` tool: it would end beside its neighbours. */
  endsTurn?: boolean;
  /** Of a tool that changes files: what a call would do. Throws what a call would fail with. */
  plan?(args: ToolArguments, context: PlanContext): Promise<Plan>;
  /**
   * Throws `tool_arguments` and `path_outside_workspace`; every other failure of the work itself is a result.
   * Once `signal` is aborted it throws the signal's reason, or returns what there was by then: look at the signal.
   */
  run(args: ToolArguments, context: ToolContext): Promise<ToolResult>;
};
