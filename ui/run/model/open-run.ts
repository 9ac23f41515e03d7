import type { EverturnError } from '../../../contracts/errors.ts';
import type { RunSource } from '../../../contracts/run-detail.ts';
import type { NodeResult, NodeStatus, Run, RunNode, RunView } from '../../../contracts/runs.ts';

/** One page of a step's items; rows are in the order of their places. */
export type ItemList = {
  status: 'loading' | 'ready' | 'failed';
  filter: NodeStatus | null;
  from: number;
  /** The first places of the pages before, for the way back. */
  before: number[];
  nextIndex: number | null;
  items: RunNode[];
  error: EverturnError | null;
};

export type ResultState =
  | { status: 'loading' }
  | { status: 'failed'; error: EverturnError }
  | { status: 'ready'; result: NodeResult };

export type ReportState =
  | { status: 'loading' }
  | { status: 'failed'; error: EverturnError }
  | { status: 'ready'; text: string };

/** The file a run was started with, and as it is now: `current` is null when there is none of its name. */
export type SourceState =
  | { status: 'loading' }
  | { status: 'failed'; error: EverturnError }
  | { status: 'ready'; source: RunSource };

/** Runs that the open one can be compared with, the newest first. */
export type ComparableState =
  | { status: 'loading' }
  | { status: 'failed'; error: EverturnError }
  | { status: 'ready'; runs: Run[] };

/** The run that the open one is compared with; `results` by the keys of its nodes. */
export type ComparedState = { id: string; results: Record<string, ResultState> } & (
  | { status: 'loading' }
  | { status: 'failed'; error: EverturnError }
  | { status: 'ready'; view: RunView; input: unknown; output: unknown }
);

export type RunVerb = 'cancel' | 'pause' | 'resume' | 'rerun';

export type ItemRequest = { step: string; from: number; filter: NodeStatus | null; before?: number[] };
