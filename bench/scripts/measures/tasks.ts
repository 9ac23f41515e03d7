import type { BenchOptions } from '../../parts.ts';
import { cpuSeconds } from '../../processes.ts';
import type { Figure, Section } from '../../report.ts';
import { percentile } from '../../stats.ts';
import type { Field } from '../field.ts';
import { taskTimes } from '../histories.ts';
import { startFloorWorker } from '../tasks/floor-worker.ts';
import { startMeasuredWorker } from '../tasks/measured-worker.ts';

const count = 100;
const target = 50;

const figuresOf = (where: string, times: readonly number[], isJudged: boolean): Figure[] => [
  { label: `${where}: p50`, value: percentile(times, 0.5), unit: 'ms' },
  { label: `${where}: p95`, value: percentile(times, 0.95), unit: 'ms', ...(isJudged ? { target } : {}) },
  { label: `${where}: longest of ${times.length}`, value: Math.max(...times), unit: 'ms' },
];

type Start = typeof startMeasuredWorker;
type Kind = { name: string; cached: number; start: Start; isJudged: boolean };

const measure = async (field: Field, title: string, { name, cached, start, isJudged }: Kind): Promise<Section> => {
  const worker = await start(field, name, cached);
  try {
    // What runs for the first time is compiled.
    await worker.run(3);
    await worker.taskTimes();
    const before = cpuSeconds(worker.pid);
    const workflowId = await worker.run(count);
    const cpu = (cpuSeconds(worker.pid) - before) * 1000;
    const inWorker = await worker.taskTimes();
    return {
      title,
      figures: [
        ...figuresOf('in the worker', inWorker, isJudged),
        { label: "CPU of the worker's process, per task", value: cpu / inWorker.length, unit: 'ms' },
        ...figuresOf('at the server', await taskTimes(field.client, workflowId), false),
      ],
    };
  } finally {
    await worker.stop();
  }
};

/**
 * Workflow tasks of a script with 100 agents live that take 3 s each, with the script in memory, and replayed each time;
 * then of a bare parent of as many children that take as long, replayed likewise.
 */
export const measureTasks = async (field: Field, { progress }: BenchOptions): Promise<Section[]> => {
  const title = `Workflow tasks of a script with ${count} agents live`;
  progress('  kept in memory');
  const cached = { name: 'cached', cached: 40, start: startMeasuredWorker, isJudged: true };
  const sections = [await measure(field, title, cached)];
  progress('  replayed from the start each time');
  const uncached = { name: 'uncached', cached: 0, start: startMeasuredWorker, isJudged: true };
  sections.push(await measure(field, `${title}, replayed from the start each time`, uncached));
  progress('  a bare parent, replayed from the start each time');
  const floor = { name: 'floor', cached: 0, start: startFloorWorker, isJudged: false };
  sections.push(await measure(field, `The same of a bare parent of ${count} children, replayed each time`, floor));
  return sections;
};
