import { randomUUID } from 'node:crypto';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { runFlow } from '../our-run.ts';

const count = 200;

/** By Temporal's clock. */
const lastStart = async ({ client }: Field, query: string): Promise<number> => {
  const starts: number[] = [];
  for await (const { startTime } of client.workflow.list({ query })) starts.push(startTime.getTime());
  if (starts.length !== count) throw new Error(`Of ${count} workflows Temporal lists ${starts.length}`);
  return Math.max(...starts);
};

const runBare = async (field: Field): Promise<number> => {
  const { client, bare } = field;
  const id = randomUUID();
  const startedAt = Date.now();
  await client.workflow.execute('bareWide', {
    workflowId: `bare/${id}`,
    taskQueue: bare.queue,
    args: [{ id, count }],
  });
  return (await lastStart(field, `WorkflowId STARTS_WITH "bare/${id}/"`)) - startedAt;
};

/** Steps that need nothing, from the run's row in Postgres, against a bare parent with as many empty children. */
export const measureWide = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const starts: number[] = [];
  const bare: number[] = [];
  const ends: number[] = [];
  await runBare(field);
  for (let round = 0; round < rounds; round += 1) {
    progress(`${count} steps, round ${round + 1} of ${rounds}`);
    bare.push(await runBare(field));
    const { run, ms } = await runFlow(field, 'wide', {});
    const last = await lastStart(field, `EverturnRun = "${run.id}" AND EverturnKind = "step"`);
    starts.push(last - Date.parse(run.createdAt));
    ends.push(ms);
  }
  const ratios = starts.map((ms, round) => ms / (bare[round] ?? Number.NaN));
  const title = "until the last one's workflow has started";
  return [
    {
      title: `A run of ${count} independent steps`,
      figures: [
        { label: title, value: median(starts), unit: 'ms', ...spreadOf(starts), target: 1000 },
        { label: 'the same of a bare parent', value: median(bare), unit: 'ms', ...spreadOf(bare) },
        { label: 'ratio', value: median(ratios), unit: '×', ...spreadOf(ratios) },
        { label: 'until the run has ended', value: median(ends), unit: 'ms', ...spreadOf(ends) },
      ],
    },
  ];
};
