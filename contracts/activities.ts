import type { Decision } from './approvals.ts';
import type { ErrorCode } from './errors.ts';
import type { Graph } from './graph.ts';
import type { NodeStatus, RunStatus } from './runs.ts';
import type { SubagentEnd } from './subagents.ts';
import type { ToolEffect } from './tools.ts';

/** What passes between workflows and activities through Temporal: ids, counters and short labels, nothing else. */

/**
 * A tool call as a workflow knows it: its place and its tool's name if we have such a tool, never its arguments.
 * `ran`: it ran within the activity of its step, and its result is sealed.
 */
export type Call = {
  call: number;
  tool: string;
  effect: ToolEffect;
  approval: 'none' | 'pending' | Decision;
  ran?: true;
};

type OfTurn = { sessionId: string; turn: number };

/** What it takes to start the workflow of an assigned turn. */
export type TurnStart = OfTurn & { agent: string; model: string };

/** `restedMs`: what a step has waited for keys so far. `asIs`: it is asked without a summary before. */
export type StepInput = OfTurn & { step: number; restedMs?: number; asIs?: true };

/** The end of a turn. `next`: the turn of the same session that was assigned with it, for the turn's workflow to start. */
export type TurnEnd = { next?: number };

/**
 * `tools` without calls: the model is asked on. `finished`: the step has ended the turn, as failed where there is a `code`,
 * or the turn had ended before. `cancelled`: someone
 * asked for its cancelling before the step began.
 */
export type StepResult =
  | { outcome: 'tools'; calls: Call[] }
  | ({ outcome: 'finished'; code?: ErrorCode } & TurnEnd)
  | { outcome: 'cancelled' }
  /** No key can be asked for so long; the step is asked again then. */
  | { outcome: 'resting'; forMs: number }
  /** The context has to be made shorter before the request. `compaction` counts the epochs of the session so far. */
  | { outcome: 'compact'; compaction: number };

export type CompactInput = OfTurn & { step: number; compaction: number };
/** `isNeeded` false: nothing was left to do. */
export type CompactResult = { isNeeded: boolean };

export type RunToolInput = StepInput & { call: number };

/** `finished`: the call has ended the turn. */
export type RunToolResult = { finished: boolean; subagent?: SubagentOrder } & TurnEnd;

/** What a call has stored for a subagent, for its workflow to be notified. */
export type SubagentOrder = { id: string; action: 'start' | 'cancel' };

export type SettleTurnInput = OfTurn & { status: 'failed' | 'cancelled'; code: ErrorCode };

/** A step of a run, or one item of a step that maps. */
export type StepRef = { runId: string; step: string; index: number | null };

/** What an attempt of a step waits for. */
export type Work =
  | ({
      kind: 'turn';
      /** Asks no model: its one tool call is given. */
      isDirect: boolean;
      /** The step's own workflow runs it. Releases before had a child do so. */
      isHosted?: true;
    } & TurnStart)
  | { kind: 'question'; deadlineMs: number | null }
  | { kind: 'items'; count: number }
  | { kind: 'run'; runId: string };

type Settled = { outcome: 'settled'; status: NodeStatus; chosen?: number | null };
type FailedAttempt = { outcome: 'failed'; code: ErrorCode };

/** `queued`: the maximum of concurrent agents is reached; it is notified when it has a slot. */
export type Prepared = Settled | FailedAttempt | { outcome: 'work'; work: Work } | { outcome: 'queued' };
/** `work`: the agent is asked to mend its result. */
export type Concluded = Settled | FailedAttempt | { outcome: 'work'; work: Work };

export type Loaded =
  | { outcome: 'loaded'; graph: Graph; paused: boolean; name: string }
  /** The run had ended before, or was deleted. */
  | { outcome: 'ended' };

export type UnrunStep = { step: string; status: 'skipped' | 'excluded' | 'cancelled'; because: string[] };

export type RunActivities = {
  /** The graph of the run's own definition. Tells that Temporal has the run. */
  loadRun(input: { runId: string }): Promise<Loaded>;
  /**
   * Begins an attempt: evaluates its condition and its inputs, uses an earlier result again where there is one, and
   * does all of it where that is short. What the step itself does wrong is an outcome, never a throw.
   */
  prepareStep(input: StepRef & { attempt: number }): Promise<Prepared>;
  /** Reads what the work of an attempt gave, and seals it as the step's result. */
  concludeStep(input: StepRef & { attempt: number; repairs: number }): Promise<Concluded>;
  /** Ends a step without a result. The first end is kept and is returned. */
  settleStep(
    input: StepRef & { attempt: number; status: 'failed' | 'timed_out' | 'cancelled'; code: ErrorCode },
  ): Promise<NodeStatus>;
  /**
   * Ends a step or an item whose workflow was ended from outside. Returns the stored end: its workflow may have
   * recorded one before.
   */
  settleLostStep(input: StepRef): Promise<{ status: NodeStatus; chosen: number | null }>;
  /** Records steps that never run. */
  recordUnrun(input: { runId: string; unrun: UnrunStep[] }): Promise<void>;
  /** Ends the run, with its output, report and files when it completed. The first end is kept. */
  settleRun(input: {
    runId: string;
    status: Exclude<RunStatus, 'running'>;
    code: ErrorCode | null;
    steps: string[];
  }): Promise<void>;
  /** Makes the run of a schedule's moment. Null when its flow cannot be started. */
  createScheduledRun(input: { flow: string; project?: string; key: string }): Promise<{ runId: string } | null>;
};

export type EnteredSubagent =
  /** `waiting`: for a place. `cancelled`: it is asked to end. */
  { outcome: 'waiting' | 'cancelled' | 'ended' } | { outcome: 'admitted'; work: TurnStart };

/**
 * `more`: messages came that it has not read. `admitted` have got the places that are free now. `starts`: the turn of its
 * parent's session that reads how it ended, where no other turn runs there.
 */
export type SettledSubagent =
  | { outcome: 'settled'; status: SubagentEnd; admitted: string[]; starts: TurnStart | null }
  | { outcome: 'more'; work: TurnStart };

export type SubagentActivities = {
  /** Tells that its workflow is there, and takes a place where there is one: then it runs. */
  enterSubagent(input: { id: string }): Promise<EnteredSubagent>;
  /** Ends it. `ended`: its session has nothing more to do, and its last turn says how. The first end is kept. */
  settleSubagent(input: { id: string; how: 'ended' | 'cancelled' | 'crashed' }): Promise<SettledSubagent>;
};

export type Activities = {
  /**
   * Asks the model and seals its reply; then runs the calls it asks for where all of them are pure and quick. Throws
   * failures whose type is a code of the error table.
   */
  callModel(input: StepInput): Promise<StepResult>;
  /** Has a model write the summary that is sent in place of old messages. One that fails changes nothing, and is recorded. */
  compactContext(input: CompactInput): Promise<CompactResult>;
  /** The step of a turn that asks no model: the call that a script makes itself, and after it the end. */
  callDirectly(input: StepInput): Promise<StepResult>;
  /** Runs one tool call, or records why it did not run, and seals its result. What the tool says never throws. */
  runTool(input: RunToolInput): Promise<RunToolResult>;
  /** Ends a turn that no sealed reply ends. Idempotent: the first end is kept. */
  settleTurn(input: SettleTurnInput): Promise<TurnEnd>;
  /** Applies or undoes a set of changes of files. Idempotent: the first end is kept. */
  settleFileChanges(input: { key: string }): Promise<void>;
} & RunActivities &
  SubagentActivities;
