import { styleOf } from '../../cli/screen/style.ts';
import { type Column, table } from '../../cli/screen/table.ts';
import { heldColumn, seconds } from '../support/report.ts';
import type { Verdict } from './verdict.ts';

const columns: Column<Verdict>[] = [
  { title: 'killed', value: ({ killed }) => killed, max: 30 },
  { title: 'in the middle of', value: ({ moment }) => moment },
  { title: 'done after', align: 'right', value: ({ doneMs }) => seconds(doneMs) },
  { title: 'less the work', align: 'right', value: ({ beyondMs }) => seconds(Math.max(0, beyondMs)) },
  { title: 'model calls', align: 'right', value: ({ modelCalls }) => String(modelCalls) },
  { title: 'repeated', align: 'right', value: ({ finishedRepeated }) => String(finishedRepeated) },
  { title: 'tool', value: ({ toolResult }) => toolResult },
  { title: 'runs', align: 'right', value: ({ toolRuns }) => (toolRuns === null ? '-' : String(toolRuns)) },
  { title: 'missed', align: 'right', value: ({ missed }) => String(missed) },
  { title: 'doubled', align: 'right', value: ({ doubled }) => String(doubled) },
  { title: 'connections', align: 'right', value: ({ connections }) => String(connections) },
  heldColumn,
];

const legend = [
  'done after: from the kill to the end of the turn at the client; less the work: without what the model and the tool took',
  'model calls: requests the provider got, a cut one counts again; repeated: finished ones that were made again',
  'missed, doubled: words at a client that reconnects, against the transcript',
];

export const printTable = (verdicts: readonly Verdict[]): void => {
  const style = styleOf(process.stdout);
  console.log(table(columns, verdicts, style));
  for (const line of legend) console.log(style.dim(line));
};

/** What is not as promised, one line each. */
export const faultsOf = (verdicts: readonly Verdict[]): string[] =>
  verdicts.flatMap(({ killed, moment, faults }) => faults.map((fault) => `${killed}, ${moment}: ${fault}`));
