import { planText } from '../../model/plan.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';

const turns = 200;
const edge = 10;
const maxSessions = 3;

type Session = Record<'ours' | 'plain', number[]>;
type Growth = { early: number; late: number };

/** Turn by turn side by side, so that both see the same machine. */
const playSession = async (field: Field): Promise<Session> => {
  const [ours, plain] = await Promise.all([field.ours.open(), field.plain.open()]);
  const times: Session = { ours: [], plain: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    times.ours.push((await ours.turn(planText())).ms);
    times.plain.push((await plain.turn(planText())).ms);
  }
  await Promise.all([ours.close(), plain.close()]);
  return times;
};

const growthOf = (times: readonly number[]): Growth => ({
  early: median(times.slice(0, edge)),
  late: median(times.slice(-edge)),
});

/** What ours took late, without the milliseconds that the plain program takes longer too. */
const beyondPlain = (ours: Growth, plain: Growth): number => (ours.late - (plain.late - plain.early)) / ours.early;

export const measureGrowth = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const sessions: Record<keyof Session, Growth>[] = [];
  for (let round = 0; round < Math.min(rounds, maxSessions); round += 1) {
    progress(`  session ${round + 1} of ${Math.min(rounds, maxSessions)}`);
    const { ours, plain } = await playSession(field);
    sessions.push({ ours: growthOf(ours), plain: growthOf(plain) });
  }
  const over = (label: string, unit: string, pick: (session: Record<keyof Session, Growth>) => number): Figure => {
    const { median: value, min, max } = spreadOf(sessions.map(pick));
    return { label, unit, value, min, max };
  };
  return [
    {
      title: `A session of ${turns} turns: p50 of the first ${edge} and of the last ${edge}`,
      figures: [
        over('ours, first', 'ms', ({ ours }) => ours.early),
        over('ours, last', 'ms', ({ ours }) => ours.late),
        over('(a), first', 'ms', ({ plain }) => plain.early),
        over('(a), last', 'ms', ({ plain }) => plain.late),
        over('growth of ours', '×', ({ ours }) => ours.late / ours.early),
        over('growth of (a)', '×', ({ plain }) => plain.late / plain.early),
        {
          ...over('growth of ours beyond what (a) grows', '×', ({ ours, plain }) => beyondPlain(ours, plain)),
          target: 1.1,
        },
      ],
    },
  ];
};
