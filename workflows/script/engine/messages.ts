import type { CallKind } from '../../../contracts/script.ts';

/** What the guest says: see guest.ts. */
export type Said =
  | { t: 'call'; ticket: number; kind: CallKind; asked: string; label: string | null; phase: string | null }
  | { t: 'line'; kind: 'phase' | 'log'; text: string }
  | { t: 'done'; result: string }
  | { t: 'result'; what: string; path: string }
  | ({ t: 'threw'; isResult?: boolean } & Thrown);

export type Thrown = { name: string; message: string; stack: string; code: string | null };

/** `unsettled`: stacks of where promises were made that have not settled, the oldest first. */
export type Facts = { unsettled: string; waiting: number };
