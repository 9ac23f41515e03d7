import type { Verdict } from './matrix.ts';
import { describeFault } from './plan.ts';
import { breaches } from './play.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const lineOf = ({ plan, struck, unreached, breaches: found, tookMs }: Verdict): string => {
  const missed = unreached.length > 0 ? `; not reached: ${unreached.join(', ')}` : '';
  const verdict =
    found.length === 0 ? 'held' : found.map(({ kind, words }) => `${kind.toUpperCase()} ${words}`).join('; ');
  return `seed ${plan.seed} (${plan.actors.join(', ')}), ${seconds(tookMs)}: ${struck.join(', ') || 'nothing struck'}${missed}: ${verdict}`;
};

export const totalsOf = (verdicts: readonly Verdict[]) => {
  const byKind: Record<string, number> = {};
  for (const kind of verdicts.flatMap(({ kinds }) => kinds)) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const count = (wanted: string): number =>
    verdicts.flatMap(({ breaches: found }) => found).filter(({ kind }) => kind === wanted).length;
  return {
    seeds: verdicts.length,
    faults: byKind,
    ...(Object.fromEntries(breaches.map((kind) => [kind, count(kind)])) as Record<(typeof breaches)[number], number>),
    refused: verdicts.reduce((sum, { refused }) => sum + refused, 0),
    failing: verdicts.filter(({ breaches: found }) => found.length > 0).map(({ plan }) => plan.seed),
  };
};

export const printTotals = (verdicts: readonly Verdict[], tookMs: number): void => {
  const { seeds, faults, failing, refused, ...counts } = totalsOf(verdicts);
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  const rows = [
    ['seeds', String(seeds)],
    ['faults by kind', kinds.join(', ') || 'none'],
    ['not reached', String(verdicts.reduce((sum, { unreached }) => sum + unreached.length, 0))],
    ...breaches.map((kind) => [kind, String(counts[kind])]),
    ['refused without a token', String(refused)],
    ['failing seeds', failing.join(', ') || 'none'],
    ['took', seconds(tookMs)],
  ];
  for (const [name = '', value] of rows) console.log(`${name.padEnd(24)}${value}`);
};

/** What a failing seed becomes: its plan, to be played again, and what was seen. */
export const fileOf = ({ plan, struck, unreached, breaches: found }: Verdict): string =>
  `${JSON.stringify({ plan, evidence: { planned: plan.faults.map(describeFault), struck, unreached, breaches: found } }, null, 2)}\n`;
