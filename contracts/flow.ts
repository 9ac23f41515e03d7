import { z } from 'zod';

/** Letters, digits, `-` and `_`: a name is also part of workflow ids, file names and expressions. */
export const Name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a letter from a to z, then at most 63 letters, digits, - or _');

const durationWords = 'seconds above 0, or a number with ms, s, m, h or d, such as 90s';

/** A number of seconds, or `500ms`, `30s`, `10m`, `2h`, `1d`. */
export const Duration = z.union(
  [z.number().positive(), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, durationWords)],
  durationWords,
);
export type Duration = z.infer<typeof Duration>;

/** JSON Schema, draft 2020-12 or 7; checked when the flow is loaded. */
const JsonSchema = z.record(z.string(), z.unknown());

export const Trigger = z.enum(['all_success', 'one_success', 'none_failed', 'all_done', 'always']);
export type Trigger = z.infer<typeof Trigger>;

/** `all`, `any`, `all_settled`, or a number n: n of the members must complete. */
export const Join = z.union(
  [z.enum(['all', 'any', 'all_settled']), z.int().positive()],
  'all, any, all_settled or a whole number from 1',
);
export type Join = z.infer<typeof Join>;

/** What becomes of members that still run, or have not run, when `any` or a number has joined. */
export const Rest = z.enum(['cancel', 'continue']);
export type Rest = z.infer<typeof Rest>;

/** `fail`: the run ends as failed when nothing tolerates it. `stop`: cancels what runs too. `continue`: the run ignores it. */
export const OnError = z.enum(['fail', 'stop', 'continue']);
export type OnError = z.infer<typeof OnError>;

export const stepKindNames = ['agent', 'code', 'approval', 'switch', 'map', 'flow'] as const;

const Expression = z.string().min(1);

const fanOut = {
  /** Members at once. */
  maxConcurrent: z.int().min(1).max(1000).optional(),
  join: Join.optional(),
  rest: Rest.optional(),
};

const common = {
  id: Name,
  /** Ids of steps and names of batch groups. */
  needs: z.array(Name).default([]),
  /** An expression; false: the step is skipped. */
  when: Expression.optional(),
  trigger: Trigger.default('all_success'),
  /** Attempts beyond the first. */
  retries: z.int().min(0).max(100).default(0),
  /** Before the first retry; doubled before each further one, up to an hour. */
  backoff: Duration.default(1),
  /** Of one attempt; default: 10 s for code, an hour for an agent, none for the others. */
  timeout: Duration.optional(),
  onError: OnError.default('fail'),
  description: z.string().optional(),
};

const agent = {
  agent: z.string().default('default'),
  /** A template: `${input.question}` and other expressions between `${` and `}`. */
  prompt: z.string().min(1),
  /** The name of a model of everturn.yaml; default: the agent's, then the first. */
  model: z.string().optional(),
  /** JSON Schema that the result must satisfy; without it the result is the last text. */
  schema: JsonSchema.optional(),
};

const code = {
  /** A function body over `input`, `results`, `item`, `index`; what it returns is the result. */
  code: z.string().min(1),
};

const child = {
  /** The name of another flow. */
  flow: z.string(),
  /** An expression that gives the input of that flow. Default: `{}`. */
  with: Expression.optional(),
};

/** A field of the form that an approval asks to fill in. */
export const FormField = z.strictObject({
  name: Name,
  label: z.string().optional(),
  type: z.enum(['text', 'number', 'boolean', 'choice']).default('text'),
  choices: z.array(z.string()).min(1).optional(),
  required: z.boolean().default(false),
});
export type FormField = z.infer<typeof FormField>;

const batch = { batch: Name.optional() };

const Case = z.strictObject({
  /** What the case is called where it is shown, and in the result of the switch. */
  label: z
    .string()
    .regex(/^\S(?:[^\n]{0,58}\S)?$/, 'one line of at most 60 characters')
    .optional(),
  when: Expression,
  steps: z.array(Name).min(1),
});

export const Step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('agent'), ...common, ...agent, ...batch }),
  z.strictObject({ kind: z.literal('code'), ...common, ...code, schema: JsonSchema.optional(), ...batch }),
  z.strictObject({
    kind: z.literal('approval'),
    ...common,
    /** A template: what the user is asked. */
    prompt: z.string().min(1),
    /** Names of users who may answer; default: everybody who has a token. */
    approvers: z.array(z.string().min(1)).optional(),
    /** After which the step has timed out, or ends as `onDeadline` says. */
    deadline: Duration.optional(),
    onDeadline: z.enum(['time_out', 'approve', 'deny']).default('time_out'),
    form: z.array(FormField).default([]),
    /** A re-run keeps a user's approval where what was asked and what it needs are the same. Default: it asks again. */
    reuse: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('switch'),
    ...common,
    cases: z.array(Case).min(1),
    /** Steps of the branch that is taken when no case matches. */
    default: z.array(Name).optional(),
  }),
  z.strictObject({
    kind: z.literal('map'),
    ...common,
    /** An expression that gives an array. */
    items: Expression,
    ...fanOut,
    ...batch,
    /** What is done for each item: `prompt` (with `agent`, `model`, `schema`), `code`, or `flow` (with `with`). */
    prompt: agent.prompt.optional(),
    agent: z.string().optional(),
    model: agent.model,
    schema: agent.schema,
    code: code.code.optional(),
    flow: child.flow.optional(),
    with: child.with,
    /** Attempts of an item beyond its first. The map itself is not retried. */
    itemTimeout: Duration.optional(),
  }),
  z.strictObject({ kind: z.literal('flow'), ...common, ...child, ...batch }),
]);
export type Step = z.infer<typeof Step>;
export type StepKind = Step['kind'];

const BatchGroup = z.strictObject({
  ...fanOut,
  maxConcurrent: z.int().min(1).max(1000).default(8),
  join: Join.default('all'),
  /** Of the whole group, from its first member's start. */
  timeout: Duration.optional(),
});
export type BatchGroup = z.infer<typeof BatchGroup>;

export const Overlap = z.enum(['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all']);

/** Of a file that is kept with a run. */
export const ArtifactName = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/, 'a file name: a letter, digit or _, then at most 127 letters, digits, _, - or .');

/** A flow file, as written. */
export const Flow = z.strictObject({
  name: Name,
  description: z.string().default(''),
  /** JSON Schema of the input. Default: any object. */
  inputs: JsonSchema.optional(),
  batches: z.record(Name, BatchGroup).default({}),
  steps: z.array(Step).min(1).max(5000),
  /** A template that gives a Markdown document. */
  report: z.string().optional(),
  /** An expression that gives the result of the run. */
  output: Expression.optional(),
  outputSchema: JsonSchema.optional(),
  /** Files to keep with the run, by name: a template each. A name may be a template too. */
  artifacts: z
    .record(
      z
        .string()
        .regex(
          /^[\w$][\s\S]{0,299}$/,
          'a file name that begins with a letter from a to z, a digit or _, or a template of one',
        ),
      z.string(),
    )
    .default({}),
  schedule: z
    .strictObject({
      cron: z.string(),
      timeZone: z.string().default('UTC'),
      overlap: Overlap.default('skip'),
      input: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
  /** `POST /api/hooks/<name>` starts the flow; `secretEnv` names the variable that holds the secret. */
  webhook: z
    .strictObject({ secretEnv: z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable') })
    .optional(),
});
export type Flow = z.infer<typeof Flow>;

/** Where a definition was found; the earlier shadows the later. */
export const origins = ['project', 'personal', 'built-in'] as const;
export const Origin = z.enum(origins);
export type Origin = z.infer<typeof Origin>;

/** How much a reasoning model should think; not sent to providers without such an option. */
export const Effort = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);
export type Effort = z.infer<typeof Effort>;

/** The front matter of an agent file; its body is the system prompt. */
export const AgentHead = z.strictObject({
  description: z.string().default(''),
  /** Names of models of everturn.yaml, the preferred first. Default: all, in their order. */
  models: z.array(z.string()).default([]),
  /** Names of tools. Default: all. */
  tools: z.array(z.string()).optional(),
  /** Permissions that need no approval, beside those that the session or the run allows. */
  permissions: z.array(z.enum(['read', 'write', 'run'])).default([]),
  effort: Effort.optional(),
  /** Tool calls of one session; those beyond it are refused, and the model is informed. */
  maxToolCalls: z.int().positive().optional(),
  /** Requests to the model of one turn. Default: `limits.stepsPerTurn`. */
  stepsPerTurn: z.int().min(1).max(10_000).optional(),
  /** Results that do not fit the schema of a step or call after which it ends. Default: `limits.refusedResults`. */
  resultTries: z.int().min(1).max(100).optional(),
});

/** An agent as sessions keep it: a later edit of the file changes no session. */
export const Agent = AgentHead.extend({ name: z.string(), prompt: z.string() });
export type Agent = z.infer<typeof Agent>;

/** Something wrong in a file. `path` is that of the field, such as `steps.total.needs[0]`. */
export const Fault = z.object({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
  path: z.string(),
  message: z.string(),
});
export type Fault = z.infer<typeof Fault>;
