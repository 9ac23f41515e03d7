import { styleOf } from '../../cli/screen/style.ts';
import { type Column, table } from '../../cli/screen/table.ts';
import { heldColumn, seconds } from '../support/report.ts';
import type { Verdict } from './judge.ts';
import type { Recovery } from './recovery.ts';

export type Report = {
  seed: number;
  tookMs: number;
  runs: Verdict[];
  recoveries: Recovery[];
  /** Of the scripts' workflows; events of the longest. */
  events: number;
  failedTasks: string[];
  nondeterminism: string[];
  openWorkflows: string[];
};

const runColumns: Column<Verdict & { place: number }>[] = [
  { title: 'run', value: ({ place }) => (place === 0 ? 'undisturbed' : String(place)) },
  { title: 'took', align: 'right', value: ({ tookMs }) => seconds(tookMs) },
  { title: 'calls', align: 'right', value: ({ calls }) => String(calls) },
  { title: 'model calls', align: 'right', value: ({ modelCalls }) => String(modelCalls) },
  { title: 'cut', align: 'right', value: ({ cut }) => String(cut) },
  { title: 'unsealed', align: 'right', value: ({ unsealed }) => String(unsealed) },
  { title: 'repeated', align: 'right', value: ({ finishedRepeated }) => String(finishedRepeated) },
  heldColumn,
];

const killColumns: Column<Recovery>[] = [
  { title: 'killed', value: ({ victim }) => victim },
  { title: 'times', align: 'right', value: ({ kills }) => String(kills) },
  { title: 'went on after, p50', align: 'right', value: ({ p50 }) => seconds(p50) },
  { title: 'p95', align: 'right', value: ({ p95 }) => seconds(p95) },
  { title: 'max', align: 'right', value: ({ max }) => seconds(max) },
];

const legend = [
  'model calls: requests the provider got, a cut one counts again; unsealed: whole at the provider, and asked again because the worker died before it was written down',
  'repeated: written down, and asked again; went on after: from the kill to the next thing of any run that began or ended',
];

export const printReport = ({ runs, recoveries, tookMs, ...rest }: Report): void => {
  const style = styleOf(process.stdout);
  console.log(
    `${table(
      runColumns,
      runs.map((run, place) => ({ ...run, place })),
      style,
    )}\n`,
  );
  console.log(table(killColumns, recoveries, style));
  for (const line of legend) console.log(style.dim(line));
  const sum = (of: (run: Verdict) => number): number => runs.reduce((total, run) => total + of(run), 0);
  console.log(
    [
      '',
      `kills: ${recoveries.reduce((total, { kills }) => total + kills, 0)} in ${(tookMs / 1000).toFixed(0)} s, over ${runs.length - 1} runs of a script`,
      `finished agents repeated: ${sum(({ finishedRepeated }) => finishedRepeated)}`,
      `non-determinism errors: ${rest.nondeterminism.length}; failed workflow tasks of scripts: ${rest.failedTasks.length}`,
      `workflows left open: ${rest.openWorkflows.length}; the longest history of a script: ${rest.events} events`,
    ].join('\n'),
  );
};

/** What is not as promised, one line each. */
export const brokenOf = ({ runs, nondeterminism, failedTasks, openWorkflows }: Report): string[] => [
  ...runs.flatMap(({ runId, faults }) => faults.map((fault) => `run ${runId}: ${fault}`)),
  ...nondeterminism.map((line) => `non-determinism: ${line}`),
  ...failedTasks,
  ...(openWorkflows.length > 0 ? [`workflows left open: ${openWorkflows.slice(0, 10).join(', ')}`] : []),
];
