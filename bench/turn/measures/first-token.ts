import { now } from '../../clock.ts';
import { planText } from '../../model/plan.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { median, percentile, spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { openOurTalk } from '../ours/talk.ts';

const shapes = [
  { sessions: 1, turns: 20 },
  { sessions: 16, turns: 3 },
];
/** A reply that takes half a second, so that sessions overlap while they stream. */
const plan = { calls: 0, pieces: 25, every: 20 };

/** For each turn: from the model's first piece, which says when it was sent, to its arrival at the reader. */
const followSession = async (field: Field, turns: number): Promise<number[]> => {
  const talk = await openOurTalk(field.stack);
  const delays: number[] = [];
  talk.onEvent((event) => {
    if (event.type !== 'delta') return;
    const arrivedAt = now();
    const sentAt = /sent=([\d.]+) /.exec(event.parts[0]?.text ?? '')?.[1];
    if (sentAt !== undefined) delays.push(arrivedAt - Number(sentAt));
  });
  for (let turn = 0; turn < turns; turn += 1) await talk.turn(planText(plan));
  await talk.close();
  if (delays.length !== turns) throw new Error(`${delays.length} first pieces came in ${turns} turns`);
  return delays;
};

export const measureFirstToken = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const figures: Figure[] = [];
  for (const { sessions, turns } of shapes) {
    progress(`  ${sessions} sessions`);
    const done: number[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      done.push((await Promise.all(Array.from({ length: sessions }, () => followSession(field, turns)))).flat());
    }
    const { median: value, min, max } = spreadOf(done.map(median));
    const label = `${sessions} session${sessions > 1 ? 's' : ''} live`;
    figures.push({ label: `p50, ${label}`, value, unit: 'ms', min, max, target: 60 });
    figures.push({ label: `p95, ${label}`, value: percentile(done.flat(), 0.95), unit: 'ms' });
  }
  return [{ title: 'First token: from the model writing it to the client reading it', figures }];
};
