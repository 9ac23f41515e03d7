import type { BenchOptions } from '../../parts.ts';
import { cpuSeconds } from '../../processes.ts';
import type { Figure, Section } from '../../report.ts';
import { percentile } from '../../stats.ts';
import type { Field } from '../field.ts';
import { taskTimes } from '../histories.ts';
import { startMeasuredWorker } from '../tasks/measured-worker.ts';

const count = 100;
const target = 50;

const figuresOf = (where: string, times: readonly number[], isJudged: boolean): Figure[] => [
  { label: `${where}: p50`, value: percentile(times, 0.5), unit: 'ms' },
  { label: `${where}: p95`, value: percentile(times, 0.95), unit: 'ms', ...(isJudged ? { target } : {}) },
  { label: `${where}: longest of ${times.length}`, value: Math.max(...times), unit: 'ms' },
];

const measure = async (field: Field, title: string, name: string, cached: number): Promise<Section> => {
  const worker = await startMeasuredWorker(field, name, cached);
  try {
    // What runs for the first time is compiled.
    await worker.run('fan-out', 3);
    await worker.taskTimes();
    const before = cpuSeconds(worker.pid);
    const workflowId = await worker.run('slow', count);
    const cpu = (cpuSeconds(worker.pid) - before) * 1000;
    const inWorker = await worker.taskTimes();
    return {
      title,
      figures: [
        ...figuresOf('in the worker', inWorker, true),
        { label: "CPU of the worker's process, per task", value: cpu / inWorker.length, unit: 'ms' },
        ...figuresOf('at the server', await taskTimes(field.client, workflowId), false),
      ],
    };
  } finally {
    await worker.stop();
  }
};

/** Workflow tasks of a script with 100 agents live that take 3 s each: with the script in memory, and replayed each time. */
export const measureTasks = async (field: Field, { progress }: BenchOptions): Promise<Section[]> => {
  const title = `Workflow tasks of a script with ${count} agents live`;
  progress('  kept in memory');
  const cached = await measure(field, title, 'cached', 40);
  progress('  replayed from the start each time');
  return [cached, await measure(field, `${title}, replayed from the start each time`, 'uncached', 0)];
};
