import { styleOf } from '../../cli/screen/style.ts';
import { type Column, table } from '../../cli/screen/table.ts';
import { heldColumn, seconds } from '../support/report.ts';
import { limits } from './flow.ts';
import type { Verdict } from './judge.ts';
import type { Recovered } from './recovery.ts';

/** A run and what it is called in the table; `seed` is null for the undisturbed one. */
export type Round = Verdict & { seed: number | null };

const killColumns: Column<Recovered>[] = [
  { title: 'killed', value: ({ target }) => target },
  { title: 'at', align: 'right', value: ({ afterMs }) => seconds(afterMs) },
  { title: 'went on after', align: 'right', value: ({ recoveredMs }) => seconds(recoveredMs) },
  { title: 'longest halt', align: 'right', value: ({ haltMs }) => seconds(haltMs) },
  { title: 'in the middle of', value: ({ during }) => during },
];

const roundColumns: Column<Round>[] = [
  { title: 'run', value: ({ seed }) => (seed === null ? 'undisturbed' : `seed ${seed}`) },
  { title: 'kills', align: 'right', value: ({ kills }) => String(kills.length) },
  { title: 'took', align: 'right', value: ({ tookMs }) => seconds(tookMs) },
  {
    title: 'longest halt',
    align: 'right',
    value: ({ kills }) => seconds(Math.max(0, ...kills.map(({ haltMs }) => haltMs))),
  },
  { title: 'steps and items', align: 'right', value: ({ steps }) => String(steps) },
  { title: 'model calls', align: 'right', value: ({ modelCalls }) => String(modelCalls) },
  { title: 'cut', align: 'right', value: ({ cut }) => String(cut) },
  { title: 'repeated', align: 'right', value: ({ finishedRepeated }) => String(finishedRepeated) },
  { title: `batch (${limits.pair})`, align: 'right', value: ({ atOnce }) => String(atOnce.pair) },
  { title: `map (${limits.research})`, align: 'right', value: ({ atOnce }) => String(atOnce.research) },
  { title: 'left open', align: 'right', value: ({ openWorkflows }) => String(openWorkflows.length) },
  heldColumn,
];

const legend = [
  'went on after: from the kill to the next step that began or ended, or the next request to the model',
  'longest halt: the longest time without one of these that begins before the next kill; the wait for the answer is in neither',
  'model calls: requests the provider got, a cut one counts again; repeated: finished ones that were made again',
  'batch, map: agents at once as the provider saw them, and how many may; left open: workflows that have not ended',
];

export const printTables = (rounds: readonly Round[]): void => {
  const style = styleOf(process.stdout);
  for (const { seed, kills } of rounds) {
    if (seed !== null) console.log(`seed ${seed}\n${table(killColumns, kills, style)}\n`);
  }
  console.log(table(roundColumns, rounds, style));
  for (const line of legend) console.log(style.dim(line));
};

/** What is not as promised, one line each. */
export const faultsOf = (rounds: readonly Round[]): string[] =>
  rounds.flatMap(({ seed, faults }) =>
    faults.map((fault) => `${seed === null ? 'undisturbed' : `seed ${seed}`}: ${fault}`),
  );
