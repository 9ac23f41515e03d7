import type { SubagentEnd } from '../../contracts/subagents.ts';

/** What is done to a child that does not end by itself. */
export type Fate =
  | { kind: 'completes' | 'fails' }
  | { kind: 'cancelled'; afterMs: number }
  | { kind: 'terminated'; what: 'itself' | 'turn'; afterMs: number };

export type Child = { key: string; label: string; fate: Fate; words: number };
/** `terminatedAfterMs`: when the turn that it runs then is terminated too; null: never. */
export type Parent = { key: string; children: Child[]; terminatedAfterMs: number | null };
export type Round = { parents: Parent[] };

export const endOf = ({ kind }: Fate): SubagentEnd =>
  (({ completes: 'completed', fails: 'failed', cancelled: 'cancelled', terminated: 'crashed' }) as const)[kind];

const parentCount = 14;
const childCount = 5;
const targets = ['itself', 'turn'] as const;

const fateOf = (random: () => number): Fate => {
  const which = random();
  const afterMs = Math.round(random() * 8000);
  if (which < 0.5) return { kind: 'completes' };
  if (which < 0.65) return { kind: 'fails' };
  if (which < 0.8) return { kind: 'cancelled', afterMs };
  return { kind: 'terminated', what: targets[Math.floor(random() * targets.length)] ?? 'itself', afterMs };
};

/** A round's families: of every fate some, in an order that nobody chose. */
export const planRound = (random: () => number, name: string): Round => ({
  parents: Array.from({ length: parentCount }, (_, parent) => ({
    key: `[${name}/${parent}]`,
    terminatedAfterMs: random() < 0.25 ? Math.round(random() * 6000) : null,
    children: Array.from({ length: childCount }, (__, child) => ({
      key: `[${name}/${parent}/${child}]`,
      label: `child ${child}`,
      fate: fateOf(random),
      words: 15 + Math.floor(random() * 20),
    })),
  })),
});
