import type { Budget, CallKind } from '../../../contracts/script.ts';

/** What the guest says: see guest.ts. `scopes`: numbers with commas between. With `call` and `done` comes JSON: what is asked, and the result. */
export type Said =
  | { t: 'call'; ticket: number; kind: CallKind; label: string | null; phase: string | null; scopes: string }
  /** A phase, a parallel() or a pipeline() has a budget. `stack`: where; empty for a phase, which its title names. */
  | { t: 'scope'; n: number; what: string; budget: { [Of in keyof Budget]-?: number | null }; stack: string }
  /** The script of a `workflow()` call has ended; `error`: what it threw. */
  | { t: 'nested'; ticket: number; error: string | null }
  | { t: 'line'; kind: 'phase' | 'log'; text: string }
  | { t: 'done'; agents: AgentCount }
  | { t: 'result'; what: string; path: string }
  | ({ t: 'threw'; isResult?: boolean } & Thrown);

/** Calls of `agent()`; those of them that were refused or failed, and why the last one was. */
export type AgentCount = { tried: number; lost: number; why: string };

export type Thrown = { name: string; message: string; stack: string; code: string | null };

/** `unsettled`: stacks of where promises were made that have not settled, the oldest first. */
export type Facts = { unsettled: string; waiting: number };
