import { runWorkflowId } from '../../../contracts/ids.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import type { Field } from '../field.ts';
import { type HistorySize, historySizes } from '../histories.ts';
import { runScript } from '../our-run.ts';

const count = 1000;
/** The server warns above them. */
const warning = { events: 10_240, megabytes: 10 };
const mega = 1e6;

const highest = (sizes: readonly HistorySize[], of: keyof HistorySize): number =>
  Math.max(...sizes.map((size) => size[of]));

/** As many agents as a run may start, once. */
export const measureThousand = async (field: Field, { progress }: BenchOptions): Promise<Section[]> => {
  progress(`${count} agents`);
  const { run, ms } = await runScript(field, 'fan-out', count, { concurrency: 32 });
  const ours = await historySizes(field.client, `WorkflowId = "${runWorkflowId(run.id)}"`);
  const calls = await historySizes(field.client, `EverturnRun = "${run.id}" AND EverturnStep IS NOT NULL`, 20);
  return [
    {
      title: `A run of ${count} agents, 32 at once`,
      figures: [
        { label: 'until the run has ended', value: ms / 1000, unit: 's' },
        { label: 'per agent', value: ms / count, unit: 'ms' },
        { label: 'executions of the script, each continued as new', value: ours.length, unit: '' },
        { label: 'events of the longest history', value: highest(ours, 'events'), unit: '', target: warning.events },
        { label: 'its size', value: highest(ours, 'bytes') / mega, unit: 'MB', target: warning.megabytes },
        { label: "events of an agent's workflows, the longest of 20", value: highest(calls, 'events'), unit: '' },
      ],
    },
  ];
};
