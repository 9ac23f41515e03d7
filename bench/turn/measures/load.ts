import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { type Load, runLoad } from '../load.ts';

/** Sessions at once, and turns of each. */
const shapes = [
  { sessions: 1, turns: 20 },
  { sessions: 16, turns: 6 },
  { sessions: 64, turns: 3 },
];

type Round = Record<'ours' | 'plain' | 'bare', Load>;

/** The contestants take turns within a round, and the first is another one in each. */
const runRound = async (field: Field, shape: (typeof shapes)[number], round: number): Promise<Round> => {
  const names = ['ours', 'bare', 'plain'] as const;
  const order = names.map((_, index) => names[(index + round) % names.length] ?? 'ours');
  const loads: Partial<Round> = {};
  for (const name of order) loads[name] = await runLoad(field[name], shape);
  return loads as Round;
};

const over = (rounds: readonly Round[], label: string, unit: string, pick: (round: Round) => number): Figure => {
  const { median: value, min, max } = spreadOf(rounds.map(pick));
  return { label, unit, value, min, max };
};

const p50 = ({ times }: Load): number => median(times.map(({ ms }) => ms));
const rowP50 = ({ times }: Load): number => median(times.map(({ rowMs }) => rowMs ?? Number.NaN));

const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((all, part) => all + part, 0);

/** Less disturbed than times by what else the machine does. */
const cpuFigures = (rounds: readonly Round[], title: string, name: keyof Round): Figure[] => [
  over(rounds, `CPU a turn, ${title}`, 'ms', (round) => sum(round[name].cpuMs)),
  ...Object.keys(rounds[0]?.[name].cpuMs ?? {}).map((process) =>
    over(rounds, `    of it ${process}`, 'ms', (round) => round[name].cpuMs[process] ?? 0),
  ),
];

const sectionOf = (sessions: number, rounds: readonly Round[]): Section => {
  // The issue sets its targets for 16 and 64 sessions.
  const target = sessions > 1 ? { target: 1.3 } : {};
  return {
    title: `${sessions} session${sessions > 1 ? 's at once' : ', one turn after the other'}`,
    figures: [
      over(rounds, 'p50 ours', 'ms', ({ ours }) => p50(ours)),
      over(rounds, 'p50 (b) bare workflow', 'ms', ({ bare }) => p50(bare)),
      over(rounds, 'p50 (b) until its last row only', 'ms', ({ bare }) => rowP50(bare)),
      over(rounds, 'p50 (a) plain Node + pg', 'ms', ({ plain }) => p50(plain)),
      { ...over(rounds, 'p50 ours / (b)', '×', ({ ours, bare }) => p50(ours) / p50(bare)), ...target },
      over(rounds, 'p50 ours / (b) until its last row', '×', ({ ours, bare }) => p50(ours) / rowP50(bare)),
      over(rounds, 'p50 ours / (a)', '×', ({ ours, plain }) => p50(ours) / p50(plain)),
      over(rounds, 'turns a second, ours', '/s', ({ ours }) => ours.perSecond),
      over(rounds, 'turns a second, (b)', '/s', ({ bare }) => bare.perSecond),
      over(rounds, 'turns a second, (a)', '/s', ({ plain }) => plain.perSecond),
      { ...over(rounds, 'throughput (b) / ours', '×', ({ ours, bare }) => bare.perSecond / ours.perSecond), ...target },
      over(rounds, 'throughput (a) / ours', '×', ({ ours, plain }) => plain.perSecond / ours.perSecond),
      over(rounds, 'CPU ours / (b)', '×', ({ ours, bare }) => sum(ours.cpuMs) / sum(bare.cpuMs)),
      ...cpuFigures(rounds, 'ours', 'ours'),
      ...cpuFigures(rounds, '(b)', 'bare'),
      ...cpuFigures(rounds, '(a)', 'plain'),
    ],
  };
};

export const measureLoad = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  progress('  warming up');
  for (const name of ['ours', 'bare', 'plain'] as const) await runLoad(field[name], { sessions: 16, turns: 8 });
  const sections: Section[] = [];
  for (const shape of shapes) {
    const done: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      progress(`  ${shape.sessions} sessions, round ${round + 1} of ${rounds}`);
      done.push(await runRound(field, shape, round));
    }
    sections.push(sectionOf(shape.sessions, done));
  }
  return sections;
};
