import { diffOf } from '../../../contracts/diff/hunks.ts';
import { unified } from '../../../contracts/diff/unified.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';

const changed = 10_000;
const rounds = 5;

const texts = (count: number, fresh: (line: string, index: number) => string): [string, string] => {
  const lines = Array.from(
    { length: count },
    (_, index) => `  const value${index} = compute(${index}); // line ${index}\n`,
  );
  return [lines.join(''), lines.map(fresh).join('')];
};

const cases: Record<string, [string, string]> = {
  [`${changed.toLocaleString('en')} changed lines in one block`]: texts(changed, (_, index) => `other ${index}\n`),
  [`${changed.toLocaleString('en')} changed lines, every second line`]: texts(2 * changed, (line, index) =>
    index % 2 === 0 ? line : `changed ${index}\n`,
  ),
  '60,000 lines, all the same, a third of them changed': texts(60_000, (_, index) => (index % 3 === 0 ? '}\n' : '{\n')),
};

/** From two texts to the diff as it is shown. */
export const measureDiff = async (_field: unknown, { progress }: BenchOptions): Promise<Section[]> => {
  const figures = Object.entries(cases).map(([label, [before, after]]) => {
    progress(label);
    const times = Array.from({ length: rounds }, () => {
      const startedAt = performance.now();
      unified({ from: 'f', to: 'f' }, diffOf(before, after));
      return performance.now() - startedAt;
    });
    const { median: value, min, max } = spreadOf(times);
    return { label, unit: 'ms', value, min, max, target: 100 };
  });
  return [{ title: 'Diffs', figures }];
};
