import { styleOf } from '../../cli/screen/style.ts';
import { type Column, table } from '../../cli/screen/table.ts';
import type { Kill } from './killer.ts';

export type RoundReport = {
  round: number;
  children: number;
  ends: Record<string, number>;
  /** Workflows of children and parents, ended through Temporal. */
  terminated: number;
  tookMs: number;
  faults: number;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Agents that were cut off: in the middle of a request by the death of their worker, or by being terminated. */
export const agentsKilled = (rounds: readonly RoundReport[], kills: readonly Kill[]): number =>
  sum(kills.map(({ parents, children }) => parents + children)) + sum(rounds.map(({ terminated }) => terminated));

const end = (status: string): Column<RoundReport> => ({
  title: status,
  align: 'right',
  value: ({ ends }) => String(ends[status] ?? 0),
});

const columns: Column<RoundReport>[] = [
  { title: 'round', align: 'right', value: ({ round }) => String(round) },
  { title: 'children', align: 'right', value: ({ children }) => String(children) },
  ...['completed', 'failed', 'cancelled', 'crashed'].map(end),
  { title: 'terminated', align: 'right', value: ({ terminated }) => String(terminated) },
  { title: 'took', align: 'right', value: ({ tookMs }) => `${(tookMs / 1000).toFixed(1)} s` },
  { title: '', value: ({ faults }) => (faults === 0 ? 'held' : 'BROKEN') },
];

export const printRounds = (rounds: readonly RoundReport[], kills: readonly Kill[], tookMs: number): void => {
  const style = styleOf(process.stdout);
  console.log(table(columns, rounds, style));
  const of = (name: string): number => kills.filter(({ process }) => process === name).length;
  const cut = kills.filter(({ parents, children }) => parents + children > 0);
  const both = cut.filter(({ parents, children }) => parents > 0 && children > 0).length;
  const counts = ['worker', 'api', 'temporal', 'postgres'].map((name) => `${name} ${of(name)}`).join(', ');
  for (const line of [
    `processes killed with -9: ${kills.length} (${counts})`,
    `kills that cut off agents: ${cut.length}; parents and children at once: ${both}`,
    `agents killed: ${agentsKilled(rounds, kills)} (parents ${sum(kills.map(({ parents }) => parents))}, children ${sum(kills.map(({ children }) => children))}, terminated through Temporal ${sum(rounds.map(({ terminated }) => terminated))})`,
    `took ${(tookMs / 1000).toFixed(0)} s`,
  ])
    console.log(style.dim(line));
};
