import type { z } from 'zod';
import type { Attachments } from '../../attachments/attachments.ts';
import type { SubagentOrder } from '../../contracts/activities.ts';
import type { KeptImage } from '../../contracts/attachments.ts';
import type { CommandResult } from '../../contracts/command-result.ts';
import type { AskedQuestion } from '../../contracts/permissions/question.ts';
import type { ToolEffect, ToolPermission } from '../../contracts/tools.ts';
import type { Changes } from '../changes/session-changes.ts';
import type { Asker } from './asker.ts';
import type { Keeper } from './background/keeper.ts';
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
  /** Real paths outside the workspace that a person has opened for reading, each with all below it. Default: none. */
  readRoots?: readonly string[];
  /** Why a rule closes a real path to this call; null where none does. Default: none does. */
  pathRefusal?: (real: string) => string | null;
  /** Whether a rule hides a file from a call that walks over many. Null or absent: none does. */
  isHidden?: ((real: string) => boolean) | null;
  /** Why a rule closes a host to this call; null where none does. Default: none does. */
  hostRefusal?: (host: string) => string | null;
  /** Keeps commands in the background. */
  background?: Pick<Keeper, 'start'>;
  /** Of a call that asks a person: what they answered. */
  answer?: { by: string; answer: unknown; id: string };
  /** Asks people and the model while the call runs. Absent: nobody can be asked. */
  asker?: Asker;
};

/** What rules look at in the arguments of a call. */
export type Touched = {
  /** As they were written. */
  paths?: readonly string[];
  hosts?: readonly string[];
  command?: { argv: readonly string[]; cwd?: string; shellText?: string | null };
};

/** What a call asks a person, and within what time. */
export type Asks = { question: AskedQuestion; deadlineMs?: number };

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
  /** Of a command: how it ended, and what it wrote on each stream. */
  command?: CommandResult;
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
  /** Default: its arguments `path` and `url`. Called with arguments that were checked. */
  touches?: (args: ToolArguments) => Touched;
  /** It asks a person whatever the session may do unasked, unless a rule allows it. */
  isAsking?: boolean;
  /** Waits for the answer of a person before it runs, and runs with it. Called with arguments that were checked. */
  asks?: (args: ToolArguments) => Asks;
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
