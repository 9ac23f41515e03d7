import type { Figure, Section } from '../../report.ts';
import { median, percentile } from '../../stats.ts';
import type { Point } from '../point.ts';
import { overRounds, pointsAt } from '../results.ts';
import { replyTokens } from '../workload.ts';
import { kneeIn } from './times.ts';

const firstTokens = ({ turns }: Point): number[] =>
  turns.map(({ firstTokenMs }) => firstTokenMs).filter((ms) => ms !== undefined);

const streamedShare = ({ turns }: Point): number =>
  turns.reduce((sum, { streamedTokens }) => sum + (streamedTokens ?? 0), 0) / (turns.length * replyTokens);

/** What the readers of ours saw. Every token came to each of them, else the bench has failed before. */
export const readerSection = (points: readonly Point[], sizes: readonly number[]): Section => {
  const atKnee = (share: number) => (round: number) => {
    const knee = kneeIn(points, 'ours', round);
    const point = points.find((one) => one.contestant === 'ours' && one.round === round && one.sessions === knee);
    return point && percentile(firstTokens(point), share);
  };
  const kneeFigure = (label: string, share: number, goal: Pick<Figure, 'target'> = {}): Figure[] => {
    const spread = overRounds(points, atKnee(share));
    return spread ? [{ label, unit: 'ms', ...spread, ...goal }] : [];
  };
  const sizeFigures = sizes.flatMap((sessions): Figure[] => {
    const spread = overRounds(points, (round) => {
      const point = pointsAt(points, 'ours', sessions).find((one) => one.round === round);
      return point && median(firstTokens(point));
    });
    return spread ? [{ label: `p50 with ${sessions} live`, unit: 'ms', ...spread }] : [];
  });
  const shares = points.filter(({ contestant }) => contestant === 'ours').map(streamedShare);
  return {
    title: 'First token of ours: from the model writing it to the reader of the session having it',
    figures: [
      ...kneeFigure('p50 at the knee', 0.5, { target: 60 }),
      ...kneeFigure('p95 at the knee', 0.95),
      ...sizeFigures,
      ...(shares.length > 0
        ? [
            {
              label: 'tokens that came while the reply grew, the worst size',
              unit: '%',
              value: 100 * Math.min(...shares),
            },
          ]
        : []),
    ],
  };
};
