import type { NodeKind, NodeStatus } from './runs.ts';
import type { Budget, CallKind } from './script.ts';

/** A phase, a `parallel()` or a `pipeline()` with a budget. */
export type CallScope = {
  /** By its place in the source: the same after a crash. */
  id: string;
  /** As it is called, such as `parallel()`. */
  what: string;
  budget: Budget;
};

/** One thing that a script asks of its host. */
export type ScriptCall = {
  /** Of content and occurrence: the same in every re-run that asks the same. The step of the call's node. */
  id: string;
  kind: CallKind;
  /** Place among the calls of the run, from 0. */
  ordinal: number;
  /** Which of the calls with equal content it is, from 0. */
  occurrence: number;
  label: string | null;
  phase: string | null;
  /** By kind; checked where it is carried out. */
  params: Record<string, unknown>;
  /** Of an agent: those that it is counted to, the innermost first. Missing without any. */
  scopes?: CallScope[];
};

/** How a call has ended, as the script sees it. */
export type CallResult = {
  status: NodeStatus;
  output: unknown;
  code: string | null;
  reason: string | null;
  /** Tokens of all kinds, and US dollars, that it took in this run. */
  tokens: number;
  dollars: number;
};

export const nodeKindOf = (kind: CallKind): NodeKind =>
  kind === 'approve' ? 'approval' : kind === 'artifact' ? 'tool' : kind;
