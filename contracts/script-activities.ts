import type { CallResult, ScriptCall } from './calls.ts';
import type { ErrorCode } from './errors.ts';
import type { NodeKind } from './runs.ts';
import type { Budget, CompiledScript, ScriptLine } from './script.ts';

/** All of it passes as content, never through Temporal itself: see content.ts. */

export type LoadedScript = {
  script: CompiledScript;
  /** JSON; null: the script has no arguments. */
  args: string | null;
  budget: Budget | null;
  /** Whether the run may complete where none of its agents ran. Missing in what older workers recorded: it may. */
  allowEmpty?: boolean;
  paused: boolean;
  /** Until the run ends for lack of time; null: no limit. Missing in what older workers recorded. */
  leftMs?: number | null;
  /** Whether the ends of scripts that `workflow()` runs are recorded. Missing in what older workers recorded: they are not. */
  endsNested?: boolean;
  /** Agents at once. */
  concurrency: number;
  /** Calls of this run that have ended, by their ids. */
  memo: Record<string, CallResult>;
  /** Scripts that `workflow()` calls of the memo gave. */
  scripts: Record<string, CompiledScript>;
};

export type CallOutcome = { id: string } & (
  | { outcome: 'ended'; result: CallResult; script?: CompiledScript }
  /** What was asked cannot be done. */
  | { outcome: 'refused'; code: ErrorCode; reason: string }
  /** `isQuick` as in the graph of a flow. */
  | {
      outcome: 'start';
      kind: NodeKind;
      retries: number;
      timeoutMs: number | null;
      isQuick: boolean;
      prefix: string | null;
    }
  | { outcome: 'sleep'; ms: number }
);

export type Lines = Omit<ScriptLine, 'at'>[];

export type ScriptEnd = {
  status: 'completed' | 'failed' | 'cancelled';
  code: ErrorCode | null;
  reason: string | null;
  /** JSON of what the script returned; also of a run that failed because none of its agents ran. */
  result: string | null;
  lines: Lines;
  /** `workflow()` calls whose scripts have ended and whose ends are not recorded. */
  nested?: Nested[];
};

/** How the script of a `workflow()` call ended. */
export type Nested = { id: string; error: string | null };

export type ScriptActivities = {
  /** Null: the run had ended before, or was deleted. Tells that Temporal has the run. `again`: with the memo. */
  loadScript(input: { runId: string; again: boolean }): Promise<LoadedScript | null>;
  /**
   * Makes new calls nodes of the run, uses earlier results again, and does at once what takes no time. `endsNested`: the
   * ends of `workflow()` calls are recorded by `settleNested`; otherwise they end as soon as they have their script.
   */
  prepareCalls(input: { runId: string; endsNested?: boolean }, calls: ScriptCall[]): Promise<CallOutcome[]>;
  /** Ends a call whose workflow ended without a result, and calls that only wait for a time. The first end is kept. */
  settleCall(input: { runId: string; id: string; status: 'completed' | 'failed' | 'cancelled' }): Promise<CallResult>;
  /** Resolves when the agent's first token has come, when it has ended, or after 5 s. */
  firstToken(input: { runId: string; id: string }): Promise<void>;
  recordLines(input: { runId: string }, lines: Lines): Promise<void>;
  /** Ends `workflow()` calls. The first end is kept. */
  settleNested(input: { runId: string }, nested: Nested[]): Promise<void>;
  /** Ends the run. The first end is kept. */
  settleScript(input: { runId: string }, end: ScriptEnd): Promise<void>;
};
