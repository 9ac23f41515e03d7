import { z } from 'zod';
import { Duration, Effort, FormField, Name } from './flow.ts';
import { OneLine } from './one-line.ts';

export { largeRun, linesBefore, scriptLimits } from './script-limits.ts';

/** `export const meta` of a script, a pure literal. Fields of other tools are allowed and ignored. */
export const ScriptMeta = z.object({
  /** Any text; {@link scriptId} is how the script is called by. */
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((name) => OneLine.safeParse(name).success, 'text of one line'),
  description: z.string().min(1),
  whenToUse: z.string().optional(),
  phases: z
    .array(z.object({ title: OneLine.min(1), detail: z.string().optional(), model: z.string().optional() }))
    .default([]),
});
export type ScriptMeta = z.infer<typeof ScriptMeta>;

/** The name by which a script is run: its own where that is a name already, otherwise made from its letters and digits. */
export const scriptId = (name: string): string => {
  if (Name.safeParse(name).success) return name;
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return plain === ''
    ? `script-${[...name].map((letter) => letter.codePointAt(0)?.toString(36)).join('')}`.slice(0, 64)
    : plain;
};

/**
 * A script as the engine takes it. `code` is an expression that gives `async ({ args, meta, workflow }) => result`. Its
 * line n + 1 is line n of the file, at the same columns, so that a stack trace names the user's own lines.
 */
export type CompiledScript = {
  meta: ScriptMeta;
  file: string;
  code: string;
  /** Where it returns its result. `keys`: of an object that is written out; null where the source does not tell. */
  returns?: { line: number; column: number; keys: string[] | null }[];
};

/** What all agents of a run may use together; null: no limit. */
export const Budget = z.strictObject({
  /** Of all kinds: input with cache reads and writes, output with reasoning. */
  tokens: z.int().positive().optional(),
  /** In US dollars, as far as prices are configured. */
  dollars: z.number().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

/** As scripts write it: a number is one of tokens. */
const BudgetOption = z.preprocess((value) => (typeof value === 'number' ? { tokens: value } : value), Budget);

/** Whether results that other runs paid for are used; `ttl`: those that are no older. */
export const Reuse = z.union([z.boolean(), z.strictObject({ ttl: Duration })], "true, false, or { ttl: '1h' }");
export type Reuse = z.infer<typeof Reuse>;

/** The options of `phase()`, `parallel()` and `pipeline()`. */
export const GroupOptions = z.strictObject({
  /** Of all agents in it together. */
  budget: BudgetOption.optional(),
});

/** The options of `agent()`. */
export const AgentOptions = z.strictObject({
  /** By which it is shown, as far as 200 characters; no part of the result's key. */
  label: z.union([z.string(), z.number()]).optional(),
  phase: z.string().optional(),
  /** JSON Schema: the result is an object that satisfies it. */
  schema: z.record(z.string(), z.unknown()).optional(),
  model: z.string().optional(),
  effort: Effort.optional(),
  /** The name of an agent. Default: `default`. */
  agentType: z.string().optional(),
  /** `worktree`: works in a git worktree of its own, removed when it changed nothing. */
  isolation: z.literal('worktree').optional(),
  /** Of one attempt. Default: `limits.agentMinutes`. */
  timeout: Duration.optional(),
  /** Attempts beyond the first. Default: 1. */
  retries: z.int().min(0).max(20).optional(),
  /** Of this agent only. */
  budget: BudgetOption.optional(),
  /** What happens to an agent that fails for good. Default: `null`. */
  onError: z.enum(['null', 'throw']).optional(),
  /** Names of the tools it may use. Default: those of its agent. */
  tools: z.array(z.string()).optional(),
  maxToolCalls: z.int().positive().optional(),
  /** The same, as other formats write it. */
  max_tool_calls: z.int().positive().optional(),
  /** Requests to the model of one turn, which is what other formats call iterations. Default: `limits.stepsPerTurn`. */
  max_tool_iters: z.int().positive().max(10_000).optional(),
  /** What it may do, in the words of other formats: `read`, `write`, `run`, `web`, `agents`. Narrows its tools. */
  capabilities: z.array(z.string()).optional(),
  /** Results that do not fit `schema` after which it ends. Default: `limits.refusedResults`. */
  resultTries: z.int().min(1).max(100).optional(),
  /** Whether a result that another run paid for is used. Default: as the run was started. `false`: never, in a re-run too. */
  reuse: Reuse.optional(),
});
export type AgentOptions = z.infer<typeof AgentOptions>;

/** The options of `approve()`. */
export const ApproveOptions = z.strictObject({
  label: z.string().max(200).optional(),
  phase: z.string().max(200).optional(),
  approvers: z.array(z.string().min(1)).optional(),
  deadline: Duration.optional(),
  /** What the answer is when the deadline passes. Default: `deny`. */
  onDeadline: z.enum(['approve', 'deny']).optional(),
  form: z.array(FormField).optional(),
});

/** What a script asks of its host. `id` is the call's key in its run: of content and occurrence, never of order. */
export const callKinds = ['agent', 'tool', 'approve', 'sleep', 'workflow', 'artifact'] as const;
export type CallKind = (typeof callKinds)[number];

/** One line of a run's narration. */
export const ScriptLine = z.object({
  /** 1, 2, 3… within the run. */
  n: z.int().positive(),
  kind: z.enum(['phase', 'log']),
  text: z.string(),
  at: z.iso.datetime(),
});
export type ScriptLine = z.infer<typeof ScriptLine>;
