import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../../clock.ts';
import { cpuMsOf, cpuSince } from '../../cpu.ts';
import type { BenchOptions } from '../../parts.ts';
import { memoryOf } from '../../processes.ts';
import type { Figure, Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import { atOnce, type Field } from '../field.ts';
import { runFlow } from '../our-run.ts';

const many = 10_000;
/** Enough to tell the ratio, few enough to be repeated. */
const some = 1000;
const mega = 1024 * 1024;

const runBare = async ({ client, bare }: Field, count: number): Promise<number> => {
  const startedAt = now();
  const id = randomUUID();
  await client.workflow.execute('bareMap', {
    workflowId: `bare/${id}`,
    taskQueue: bare.queue,
    args: [{ id, count, next: 0, limit: atOnce }],
  });
  return now() - startedAt;
};

/** The highest memory of a process while something runs, looked at each second. */
const watchMemory = (pid: () => number) => {
  let peak = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, memoryOf(pid()).rss);
      await delay(1000);
    }
  })();
  return async (): Promise<number> => {
    isOver = true;
    await watching;
    return peak;
  };
};

/** A step that maps over no-op code, against a bare parent with as many empty children. */
export const measureItems = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const { stack, bare, servers } = field;
  const worker = () => stack.processes()['worker-1'] ?? 0;
  await runBare(field, 100);
  await runFlow(field, 'items', { count: 100 });
  const ours: number[] = [];
  const theirs: number[] = [];
  const processes = { ...servers.processes, worker: worker(), api: stack.processes().api ?? 0, bare: bare.pid };
  let cpuOurs = 0;
  let cpuBare = 0;
  const sum = (cpu: Record<string, number>) => Object.values(cpu).reduce((all, ms) => all + ms, 0);
  for (let round = 0; round < rounds; round += 1) {
    progress(`items, round ${round + 1} of ${rounds}`);
    const before = cpuMsOf(processes);
    theirs.push((await runBare(field, some)) / some);
    const between = cpuMsOf(processes);
    ours.push((await runFlow(field, 'items', { count: some })).ms / some);
    cpuBare += sum(between) - sum(before);
    cpuOurs += sum(cpuSince(processes, between));
  }
  const ratios = ours.map((ms, round) => ms / (theirs[round] ?? Number.NaN));
  progress(`${many} items`);
  const small = memoryOf(worker()).rss;
  const watch = watchMemory(worker);
  const { run, ms } = await runFlow(field, 'items', { count: many });
  const peak = await watch();
  const { items } = await stack.api.getRun(run.id);
  if (items.all?.completed !== many) throw new Error(`Of ${many} items ${JSON.stringify(items.all)}`);
  const figures: Figure[] = [
    { label: 'ours, per item', value: median(ours), unit: 'ms', ...spreadOf(ours) },
    { label: 'a bare child workflow', value: median(theirs), unit: 'ms', ...spreadOf(theirs) },
    {
      label: 'ratio',
      value: median(ratios),
      unit: '×',
      min: Math.min(...ratios),
      max: Math.max(...ratios),
      target: 1.5,
    },
    { label: 'CPU of all processes, per item', value: cpuOurs / rounds / some, unit: 'ms' },
    { label: 'CPU of a bare child', value: cpuBare / rounds / some, unit: 'ms' },
    { label: `${many} items`, value: ms / 1000, unit: 's' },
    { label: 'worker before them', value: small / mega, unit: 'MB' },
    { label: 'worker at its highest during them', value: peak / mega, unit: 'MB' },
  ];
  return [{ title: `Map of no-op code, ${atOnce} at once`, figures }, ...(await measurePage(field, run.id))];
};

/** What the run page asks for, with all items there. */
const measurePage = async ({ stack }: Field, runId: string): Promise<Section[]> => {
  const time = async (ask: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const startedAt = now();
      await ask();
      times.push(now() - startedAt);
    }
    return median(times);
  };
  const page = await time(() => stack.api.getRun(runId));
  const items = await time(() => stack.api.listItems(runId, 'all', { from: 5000, limit: 100 }));
  return [
    {
      title: `The run page's endpoints at ${many} items, median of 20`,
      figures: [
        { label: 'the run, aggregated', value: page, unit: 'ms', target: 50 },
        { label: 'a page of 100 items', value: items, unit: 'ms', target: 50 },
      ],
    },
  ];
};
