import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { runFlow } from '../our-run.ts';

/** 200 steps that need nothing: from the run's row to the start of the last one's workflow, by Temporal's clock. */
export const measureWide = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`200 steps, round ${round + 1} of ${rounds}`);
    const { run, ms } = await runFlow(field, 'wide', {});
    let last = 0;
    let count = 0;
    for await (const { startTime } of field.client.workflow.list({
      query: `EverturnRun = "${run.id}" AND EverturnKind = "step"`,
    })) {
      last = Math.max(last, startTime.getTime());
      count += 1;
    }
    if (count !== 200) throw new Error(`Of 200 steps Temporal lists ${count}`);
    starts.push(last - Date.parse(run.createdAt));
    ends.push(ms);
  }
  return [
    {
      title: 'A run of 200 independent steps',
      figures: [
        {
          label: "until the last one's workflow has started",
          value: median(starts),
          unit: 'ms',
          ...spreadOf(starts),
          target: 1000,
        },
        { label: 'until the run has ended', value: median(ends), unit: 'ms', ...spreadOf(ends) },
      ],
    },
  ];
};
