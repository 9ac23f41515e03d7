import { z } from 'zod';
import { ApprovalAnswer, Decision } from './approvals.ts';
import { Duration, FormField, Join, Origin, Overlap, stepKindNames, Trigger } from './flow.ts';
import { Budget, Reuse, ScriptLine, ScriptMeta } from './script.ts';
import { permissions } from './tools.ts';
import { UsageTotals } from './usage.ts';
import { WaitingFor } from './work.ts';

export const RunStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof RunStatus>;

export const NodeStatus = z.enum([
  'pending',
  'running',
  'waiting',
  'completed',
  'failed',
  'skipped',
  'excluded',
  'cancelled',
  'timed_out',
]);
export type NodeStatus = z.infer<typeof NodeStatus>;

/** What a node does: a step of a flow, or a call of a script. */
export const nodeKinds = [...stepKindNames, 'tool', 'sleep', 'workflow'] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** One step of a run, one item of a step that maps, or one call of a script. Its key is the id of its workflow. */
export const RunNode = z.object({
  key: z.string(),
  /** Of a script: the id of the call. */
  step: z.string(),
  /** Place of the item; null for the step itself. */
  index: z.int().nonnegative().nullable(),
  kind: z.enum(nodeKinds),
  status: NodeStatus,
  attempt: z.int().nonnegative(),
  /** Items of a step that maps. */
  total: z.int().nonnegative().nullable(),
  /** The case a switch took, from 0; -1 is the default, -2 none. */
  chosen: z.int().nullable(),
  /** The run whose result was used again. */
  reusedFrom: z.string().nullable(),
  /**
   * Of a script's call: what it is shown as, the phase it belongs to, and its place in the order of calls, from 0. Of a
   * switch, `label` is that of the case it took.
   */
  label: z.string().nullable(),
  phase: z.string().nullable(),
  ordinal: z.int().nonnegative().nullable(),
  /** Why no earlier result was used again, on a re-run. */
  freshBecause: z.string().nullable(),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  sessionId: z.string().nullable(),
  childRun: z.string().nullable(),
  usage: UsageTotals.nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type RunNode = z.infer<typeof RunNode>;

/** What waits for a user within a run. */
export const Question = z.object({
  id: z.string(),
  runId: z.string(),
  node: z.string(),
  step: z.string(),
  prompt: z.string(),
  form: z.array(FormField),
  /** Null: everybody who has a token. */
  approvers: z.array(z.string()).nullable(),
  deadline: z.iso.datetime().nullable(),
  status: z.enum(['pending', 'answered', 'expired', 'closed']),
  decision: Decision.nullable(),
  fields: z.record(z.string(), z.unknown()).nullable(),
  note: z.string().nullable(),
  answeredBy: z.string().nullable(),
  askedAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
});
export type Question = z.infer<typeof Question>;

export const Run = z.object({
  id: z.string(),
  kind: z.enum(['flow', 'script']),
  name: z.string(),
  origin: Origin,
  file: z.string(),
  workspace: z.string(),
  allow: z.array(z.enum(permissions)),
  trigger: z.enum(['manual', 'schedule', 'webhook', 'flow', 'agent']),
  parentRun: z.string().nullable(),
  rerunOf: z.string().nullable(),
  fromStep: z.string().nullable(),
  /** What its agents may use together. */
  budget: Budget.nullable(),
  /** What did not stop it and its user should know, such as a model that was replaced by another one. */
  warnings: z.array(z.string()),
  status: RunStatus,
  /** A user is asked, by it or by a run within it: by a question or by a tool call of one of its sessions. */
  waiting: z.boolean(),
  paused: z.boolean(),
  /** Of a script: as many runs as may run at once run, so it waits for one of them to end (`limits.scriptRuns`). */
  queued: z.boolean(),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type Run = z.infer<typeof Run>;

/** A step as the definition declares it: what a graph is drawn from. */
export const DeclaredStep = z.object({
  id: z.string(),
  kind: z.enum(stepKindNames),
  needs: z.array(z.string()),
  trigger: Trigger,
  batch: z.string().nullable(),
  description: z.string(),
  /** Of a switch: the steps of each case, and of the default. */
  cases: z.array(z.object({ label: z.string().nullable(), when: z.string(), steps: z.array(z.string()) })),
  default: z.array(z.string()),
});
export type DeclaredStep = z.infer<typeof DeclaredStep>;

export const DeclaredBatch = z.object({ name: z.string(), maxConcurrent: z.int(), join: Join });

/** Items of a step by their status; statuses without items are left out. */
export const ItemCounts = z.partialRecord(NodeStatus, z.int().nonnegative());
export type ItemCounts = z.infer<typeof ItemCounts>;

export const Artifact = z.object({
  name: z.string(),
  mediaType: z.string(),
  size: z.int().nonnegative(),
  hash: z.string(),
});
export type Artifact = z.infer<typeof Artifact>;

/** A run at a position of its stream. Steps that nothing has happened to yet have no node: they are pending. */
export const RunView = z.object({
  run: Run,
  position: z.int().nonnegative(),
  steps: z.array(DeclaredStep),
  batches: z.array(DeclaredBatch),
  /** Of steps, not of items. */
  nodes: z.record(z.string(), RunNode),
  /** By step that maps. */
  items: z.record(z.string(), ItemCounts),
  questions: z.array(Question),
  artifacts: z.array(Artifact),
  usage: UsageTotals,
  /** Of a script: what it says of itself, and its narration. `nodes` are its calls, by their ids. */
  script: z.object({ meta: ScriptMeta, lines: z.array(ScriptLine) }).nullable(),
});
export type RunView = z.infer<typeof RunView>;

export const RunEvent = z.discriminatedUnion('type', [
  /** `was`: its status before; null when it had none. */
  z.object({ type: z.literal('node.changed'), node: RunNode, was: NodeStatus.nullable() }),
  z.object({ type: z.literal('question.changed'), question: Question }),
  z.object({ type: z.literal('script.lines'), lines: z.array(ScriptLine) }),
  z.object({ type: z.literal('run.paused'), paused: z.boolean() }),
  z.object({ type: z.literal('run.admitted') }),
  z.object({ type: z.literal('run.warned'), warning: z.string() }),
  z.object({
    type: z.literal('run.settled'),
    status: RunStatus,
    code: z.string().nullable(),
    reason: z.string().nullable(),
    endedAt: z.iso.datetime(),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

export const RunStreamEvent = z.object({ position: z.int().positive(), at: z.iso.datetime(), event: RunEvent });
export type RunStreamEvent = z.infer<typeof RunStreamEvent>;

const start = {
  /** An absolute path; default: the folder the stack was started in. */
  workspace: z.string().min(1).optional(),
  allow: z.array(z.enum(permissions)).max(3).default([]),
};

export const StartRun = z.union([
  z.strictObject({ flow: z.string().min(1), input: z.record(z.string(), z.unknown()).default({}), ...start }),
  z.strictObject({
    script: z.string().min(1),
    args: z.unknown().optional().describe('Any JSON value. Without it, `args` is undefined in the script.'),
    budget: Budget.optional(),
    concurrency: z
      .int()
      .min(1)
      .max(200)
      .optional()
      .describe('How many agents run at once. Default: `limits.agentsPerRun`.'),
    allowEmpty: z
      .boolean()
      .default(false)
      .describe('Let the run complete if none of its agents ran. Otherwise it fails.'),
    timeout: Duration.optional().describe('How long the whole run may take. Default: `limits.runMinutes`.'),
    reuse: Reuse.default(false).describe(
      'Use results of agents that other runs paid for, if everything they depend on is the same.',
    ),
    ...start,
  }),
]);
export type StartRun = z.input<typeof StartRun>;

export const Rerun = z.object({
  from: z.string().optional().describe('The step from which on nothing is reused.'),
  input: z.record(z.string(), z.unknown()).optional().describe('Another input.'),
  definition: z
    .enum(['original', 'current'])
    .default('current')
    .describe('`original`: the definition that the run was started with. `current`: the file as it is now.'),
  fresh: z.boolean().default(false).describe('Reuse nothing.'),
  freshAgents: z.array(z.string()).default([]).describe('Of a script: labels of agents that run again in any case.'),
  allowEmpty: z
    .boolean()
    .optional()
    .describe('Of a script: let the run complete if none of its agents ran. Default: as in the run before.'),
  args: z.unknown().optional().describe('Of a script: other arguments.'),
  budget: Budget.optional(),
});
export type Rerun = z.input<typeof Rerun>;

/** A run as lists show it. */
export const RunRow = Run.extend({
  /** Its input in one line. */
  brief: z.string().optional(),
  /** The models of its sessions. */
  models: z.array(z.string()).optional(),
  /** Of its sessions; null before the first request. */
  usage: UsageTotals.nullable().optional(),
  /** Null while it does not wait for an answer, and if a run within it does. */
  waitingFor: WaitingFor.nullable().optional(),
});
export type RunRow = z.infer<typeof RunRow>;

export const RunPage = z.object({ runs: z.array(RunRow), nextCursor: z.string().nullable() });
export type RunPage = z.infer<typeof RunPage>;

/** `waiting`, `paused` and `queued`: of those that run. */
export const RunFilter = z.enum([...RunStatus.options, 'waiting', 'paused', 'queued']);
export type RunFilter = z.infer<typeof RunFilter>;

export const RunQuery = z.object({
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  status: RunFilter.optional(),
  flow: z.string().optional().describe('The name of a flow or a script.'),
  q: z.string().max(200).optional().describe('A part of the name, or of the id.'),
  kind: Run.shape.kind.optional(),
  trigger: Run.shape.trigger.optional(),
  model: z.string().max(200).optional().describe('The label of a model that sessions of the run use.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});

export const ItemPage = z.object({ items: z.array(RunNode), nextIndex: z.int().nullable() });
export type ItemPage = z.infer<typeof ItemPage>;

export const ItemQuery = z.object({
  from: z.coerce.number().int().nonnegative().default(0).describe('The first index.'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('How many entries a page has at most.'),
  status: NodeStatus.optional(),
});

/**
 * A node with its result. `item` is that of a step that maps; of a script's call it is what was asked. `prompt` is the
 * prompt of the agent of a step.
 */
export const NodeResult = z.object({
  node: RunNode,
  output: z.unknown(),
  item: z.unknown(),
  prompt: z.string().nullable().optional(),
});
export type NodeResult = z.infer<typeof NodeResult>;

/** Of a question of a run; of a tool call the same, with what only those take. */
export const QuestionAnswer = ApprovalAnswer.extend({
  fields: z.record(z.string(), z.unknown()).optional().describe("Values by the names of the form's fields."),
});
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;

export const Schedule = z.object({
  flow: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  overlap: Overlap,
  paused: z.boolean(),
  nextRuns: z.array(z.iso.datetime()),
  /** Starts that the overlap policy left out. */
  skipped: z.int().nonnegative().optional(),
  /** The newest run that it started; null before the first. */
  lastRun: Run.pick({ id: true, status: true, createdAt: true, endedAt: true, waiting: true }).nullable().optional(),
});
export type Schedule = z.infer<typeof Schedule>;
