/**
 * What a script of Everturn finds beside the JavaScript language, for editors. A script refers to it in its first line:
 *
 *     /// <reference path="./everturn-scripts.d.ts" />
 *
 * Written by `everturn scripts new`, printed by `everturn scripts types`. Changes to it are lost.
 */

/** A JSON Schema, draft 2020-12 or 7. */
type EverturnSchema = { readonly [keyword: string]: unknown };

/** What a schema describes, as far as it is written out where it is used; otherwise unknown. */
type EverturnFrom<S> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly type: infer Type }
      ? string extends Type
        ? unknown
        : Type extends 'string'
          ? string
          : Type extends 'number' | 'integer'
            ? number
            : Type extends 'boolean'
              ? boolean
              : Type extends 'null'
                ? null
                : Type extends 'array'
                  ? S extends { readonly items: infer Item }
                    ? EverturnFrom<Item>[]
                    : unknown[]
                  : Type extends 'object'
                    ? EverturnObject<S>
                    : unknown
      : unknown;

type EverturnObject<S> = S extends { readonly properties: infer Fields }
  ? { [Name in Extract<keyof Fields, EverturnRequired<S>>]: EverturnFrom<Fields[Name]> } & {
      [Name in Exclude<keyof Fields, EverturnRequired<S>>]?: EverturnFrom<Fields[Name]>;
    }
  : { [name: string]: unknown };

type EverturnRequired<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

/** Seconds above 0, or a number with its unit: `'500ms'`, `'90s'`, `'5m'`, `'2h'`, `'1d'`. */
type EverturnDuration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Any value. What came as JSON is what it is. */
type EverturnAny = ReturnType<typeof JSON.parse>;

/** Tokens of all kinds and US dollars; a number is one of tokens. */
type EverturnBudget = number | { tokens?: number; dollars?: number };

type EverturnGroupOptions = {
  /** What all agents in it may use together. Once it is spent, `agent()` throws in it, with the code `budget_spent`. */
  budget?: EverturnBudget;
};

type EverturnAgentOptions = {
  /** What the agent is shown as. No part of what its result is kept under. */
  label?: string;
  /** The phase it is shown in, instead of that of the last `phase()`. Use it where agents run side by side. */
  phase?: string;
  /** A model of everturn.yaml by its name or an alias; an unknown one means the default. Default: the first model of the agent. */
  model?: string;
  /** How long a model that can thinks. */
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** The name of an agent: a file of `.everturn/agents` or `.claude/agents`, or a built-in one. Default: `default`. */
  agentType?: string;
  /** `'worktree'`: it works in a git worktree of its own, removed when it changed nothing, otherwise kept and named. */
  isolation?: 'worktree';
  /** Of one attempt. Default: `limits.agentMinutes` of everturn.yaml, 5 minutes. */
  timeout?: EverturnDuration;
  /** Attempts beyond the first, 0 to 20. Default: 1. */
  retries?: number;
  /** What only this agent may use. */
  budget?: EverturnBudget;
  /** Names of the tools it may use. Default: those of its agent. */
  tools?: string[];
  /** Calls of tools that it may make. */
  maxToolCalls?: number;
  /** The same, as other formats write it. */
  max_tool_calls?: number;
  /** Requests to the model of one turn. Default: `limits.stepsPerTurn` of everturn.yaml, 200. */
  max_tool_iters?: number;
  /** What it may do, which narrows the tools of its agent: `read`, `write`, `run`, `web`, `agents`, or names of tools. */
  capabilities?: string[];
  /** Results that do not fit `schema` after which it ends, with the code `result_refused`. Default: 5. */
  resultTries?: number;
  /**
   * Use the result of another run, where all that decides it is the same: of any age, or no older than `ttl`. `false`:
   * never, in a re-run neither. Default: as the run was started (`--reuse`).
   */
  reuse?: boolean | { ttl: EverturnDuration };
};

/**
 * Has an agent do something, and gives its last words; with `schema`, the object that satisfies it.
 *
 * Returns null when the agent fails for good, unless `onError` is `'throw'`. Throws, whatever `onError` says, when the
 * budget is spent, when a run has started as many agents as one may, and when the options are wrong.
 *
 * @example
 * const text = await agent('Summarise README.md in one sentence', { label: 'summary' })
 * @example
 * const found = await agent('List the exported functions of src/index.js', {
 *   schema: { type: 'object', properties: { names: { type: 'array', items: { type: 'string' } } }, required: ['names'] },
 * })
 */
declare function agent<const S extends EverturnSchema>(
  prompt: string,
  options: EverturnAgentOptions & { schema: S; onError: 'throw' },
): Promise<EverturnFrom<S>>;
declare function agent<const S extends EverturnSchema>(
  prompt: string,
  options: EverturnAgentOptions & { schema: S; onError?: 'null' },
): Promise<EverturnFrom<S> | null>;
declare function agent(
  prompt: string,
  options: EverturnAgentOptions & { schema?: undefined; onError: 'throw' },
): Promise<string>;
declare function agent(
  prompt: string,
  options?: EverturnAgentOptions & { schema?: undefined; onError?: 'null' },
): Promise<string | null>;

/**
 * Runs functions side by side and waits for all of them. A function that throws gives null, and a line in the log;
 * `parallel()` itself throws only for a wrong list. At most 4,096 functions.
 *
 * It takes functions, not promises: `() => agent(…)`.
 *
 * @example
 * const reviews = await parallel(files.map((file) => () => agent(`Review ${file}`)))
 */
declare function parallel<const T extends readonly (() => unknown)[]>(
  thunks: T,
  options?: EverturnGroupOptions,
): Promise<{ -readonly [Index in keyof T]: Awaited<ReturnType<T[Index]>> | null }>;

/**
 * Takes each item through all stages, without a wait for the other items in between. A stage gets what the stage before
 * gave (the first: the item), the item, and its index. A stage that throws makes its item null and skips its later
 * stages. The results are in the order of the items. At most 4,096 items.
 *
 * @example
 * const reports = await pipeline(
 *   files,
 *   (file) => agent(`Find problems in ${file}`),
 *   (problems, file) => agent(`Check these problems of ${file}: ${problems}`),
 * )
 */
declare function pipeline<T, A>(
  items: readonly T[],
  first: (prev: T, item: T, index: number) => A,
  options?: EverturnGroupOptions,
): Promise<(Awaited<A> | null)[]>;
declare function pipeline<T, A, B>(
  items: readonly T[],
  first: (prev: T, item: T, index: number) => A,
  second: (prev: Awaited<A>, item: T, index: number) => B,
  options?: EverturnGroupOptions,
): Promise<(Awaited<B> | null)[]>;
declare function pipeline<T, A, B, C>(
  items: readonly T[],
  first: (prev: T, item: T, index: number) => A,
  second: (prev: Awaited<A>, item: T, index: number) => B,
  third: (prev: Awaited<B>, item: T, index: number) => C,
  options?: EverturnGroupOptions,
): Promise<(Awaited<C> | null)[]>;
declare function pipeline<T>(
  items: readonly T[],
  ...stages: (((prev: EverturnAny, item: T, index: number) => unknown) | EverturnGroupOptions)[]
): Promise<EverturnAny[]>;

/** Begins a phase: agents that start from here on are shown in it, unless their options name another. */
declare function phase(title: string, options?: EverturnGroupOptions): void;

/** Adds a line to the run's narration. */
declare function log(...values: unknown[]): void;

/** What all agents of the run may use together, over all kinds of tokens. Hard: once it is spent, `agent()` throws. */
declare const budget: {
  /** Tokens; null: the run has no limit of tokens. */
  readonly total: number | null;
  /** US dollars; null: the run has no limit of money. */
  readonly dollars: number | null;
  /** Tokens that were used so far. */
  spent(): number;
  /** Tokens that are left; `Infinity` where there is no limit, so a loop on it needs a cap of rounds. */
  remaining(): number;
};

/** What the run was started with, any JSON value; undefined where nothing was given. */
declare const args: EverturnAny;

/** What the script says of itself. */
declare const meta: {
  readonly name: string;
  readonly description: string;
  readonly whenToUse?: string;
  readonly phases: readonly { readonly title: string; readonly detail?: string; readonly model?: string }[];
};

/**
 * Runs another script, by its name or its path, and gives what it returns. It shares the limits and the budget of this
 * run. One level deep: a script that was started so starts no further one.
 */
declare function workflow(nameOrPath: string | { scriptPath: string }, args?: unknown): Promise<EverturnAny>;

/**
 * Calls a tool without an agent, under the same permissions, and gives its text. Throws when it fails or is denied.
 *
 * @example
 * const readme = await tool('read_file', { path: 'README.md' })
 */
declare function tool(name: string, args?: { [name: string]: unknown }): Promise<string>;

/** Keeps a file with the run. What is not a text is kept as JSON. The same name again replaces it. */
declare function artifact(name: string, content: unknown): Promise<void>;

type EverturnFormField = {
  /** A letter, then letters, digits, `-` or `_`. */
  name: string;
  label?: string;
  /** Default: `'text'`. */
  type?: 'text' | 'number' | 'boolean' | 'choice';
  /** Of a `'choice'`. */
  choices?: string[];
  required?: boolean;
};

/**
 * Asks a user and waits for the answer, for days if need be: nothing runs meanwhile.
 *
 * @example
 * const { approved, note } = await approve('Delete these 40 files?', { deadline: '2d' })
 */
declare function approve(
  question: string,
  options?: {
    label?: string;
    phase?: string;
    /** What to fill in beside the decision. */
    form?: EverturnFormField[];
    /** Names of users who may answer. Default: everybody who has a token. */
    approvers?: string[];
    /** How long the question stays open. Default: forever. */
    deadline?: EverturnDuration;
    /** The answer when the deadline passes. Default: `'deny'`. */
    onDeadline?: 'approve' | 'deny';
  },
): Promise<{
  approved: boolean;
  decision: 'approve' | 'deny';
  /** What was filled into the form. */
  fields: { [name: string]: EverturnAny };
  note: string | null;
  /** Who answered; null: the deadline passed. */
  by: string | null;
}>;

/** Waits, also while nothing of Everturn runs. */
declare function sleep(seconds: number): Promise<void>;
