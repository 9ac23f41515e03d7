import { randomUUID } from 'node:crypto';
import { now } from '../../clock.ts';
import { cpuMsOf, cpuSince } from '../../cpu.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import type { FanOut } from '../bare/workflows.ts';
import type { Field } from '../field.ts';
import { runScript } from '../our-run.ts';

const count = 100;
/** What a run has where it says nothing, for all contestants. */
const atOnce = 16;

const runBare = async ({ client, bare }: Field, shape: FanOut['shape']): Promise<number> => {
  const startedAt = now();
  const id = randomUUID();
  await client.workflow.execute<(input: FanOut) => Promise<void>>('bareFanOut', {
    workflowId: `bare/${id}`,
    taskQueue: bare.queue,
    args: [{ id, count, atOnce, shape }],
  });
  return now() - startedAt;
};

const contestants = {
  ours: async (field: Field) => (await runScript(field, 'fan-out', count, { concurrency: atOnce })).ms,
  'same shape': (field: Field) => runBare(field, 'agent'),
  'one activity': (field: Field) => runBare(field, 'one'),
};
type Contestant = keyof typeof contestants;
const names = Object.keys(contestants) as Contestant[];

type Cost = { ms: number; cpu: Record<string, number> };
const sum = (cpu: Record<string, number>): number => Object.values(cpu).reduce((all, ms) => all + ms, 0);

const titles: Record<Contestant, string> = {
  ours: 'ours',
  'same shape': 'bare workflows of the same shape',
  'one activity': 'a bare child with one activity',
};

/** Of ours against another, made within each round. */
const ratio = (costs: Record<Contestant, Cost[]>, other: Contestant, of: (cost: Cost) => number): number[] =>
  costs.ours.map((cost, round) => of(cost) / of(costs[other][round] ?? { ms: Number.NaN, cpu: {} }));

const ratioFigure = (label: string, ratios: number[], target?: number): Figure => ({
  label,
  value: median(ratios),
  unit: '×',
  ...spreadOf(ratios),
  ...(target === undefined ? {} : { target }),
});

/** 100 agents side by side, against bare workflows that do the same and against the least child there is. */
export const measureAgents = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const { stack, bare, servers } = field;
  const { 'worker-1': worker = 0, 'scripts-1': scripts = 0, api = 0 } = stack.processes();
  const processes = { ...servers.processes, worker, scripts, api, bare: bare.pid };
  const costs: Record<Contestant, Cost[]> = { ours: [], 'same shape': [], 'one activity': [] };
  progress('agents, warming up');
  for (const name of names) await contestants[name](field);
  for (let round = 0; round < rounds; round += 1) {
    progress(`agents, round ${round + 1} of ${rounds}`);
    // Another begins in each round.
    for (const place of names.keys()) {
      const name = names[(place + round) % names.length] as Contestant;
      const before = cpuMsOf(processes);
      const ms = await contestants[name](field);
      costs[name].push({ ms: ms / count, cpu: cpuSince(processes, before) });
    }
  }
  const perAgent = (name: Contestant): Figure => {
    const times = costs[name].map(({ ms }) => ms);
    return { label: `${titles[name]}, per agent`, value: median(times), unit: 'ms', ...spreadOf(times) };
  };
  const cpuFigures = (name: Contestant): Figure[] => {
    const used = (of: (cpu: Record<string, number>) => number): number =>
      median(costs[name].map(({ cpu }) => of(cpu) / count));
    const parts = Object.keys(processes).map((process) => ({
      label: `    of it ${process}`,
      value: used((cpu) => cpu[process] ?? 0),
      unit: 'ms',
    }));
    return [{ label: `CPU of ${titles[name]}, per agent`, value: used(sum), unit: 'ms' }, ...parts];
  };
  return [
    {
      title: `${count} agents side by side, ${atOnce} at once`,
      figures: [
        ...names.map(perAgent),
        ratioFigure(
          'ours / same shape',
          ratio(costs, 'same shape', ({ ms }) => ms),
          1.5,
        ),
        ratioFigure(
          'ours / one activity',
          ratio(costs, 'one activity', ({ ms }) => ms),
        ),
        ratioFigure(
          'overhead over one activity: (ours − it) / it',
          ratio(costs, 'one activity', ({ ms }) => ms).map((times) => times - 1),
          1,
        ),
        ratioFigure(
          'CPU ours / same shape',
          ratio(costs, 'same shape', ({ cpu }) => sum(cpu)),
        ),
        ...names.flatMap(cpuFigures),
      ],
    },
  ];
};
