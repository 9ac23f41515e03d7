import { createClosing } from '../closing.ts';
import { machineFacts } from '../machine.ts';
import type { BenchOptions } from '../parts.ts';
import type { Report } from '../report.ts';
import { type ContestantName, contestantNames, titles } from './contestant.ts';
import { type Field, openField } from './field.ts';
import { measureAll } from './measure.ts';
import { notes } from './notes.ts';
import { comparedSection } from './sections/compared.ts';
import { cpuSection, cpuSize } from './sections/cpu.ts';
import { measureIdle } from './sections/idle.ts';
import { memorySection } from './sections/memory.ts';
import { readerSection } from './sections/reader.ts';
import { timesSection } from './sections/times.ts';
import { standardSizes } from './workload.ts';

const namesOf = (only: readonly string[] | null): ContestantName[] => {
  const unknown = only?.find((name) => !(contestantNames as string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`No contestant is named "${unknown}"; there are ${contestantNames.join(', ')}`);
  return contestantNames.filter((name) => only?.includes(name) ?? true);
};

const labelOf = ({ missing }: Field, name: ContestantName): string =>
  missing.some((one) => one.name === name) ? `${titles[name]}: MISSING` : titles[name];

export const runCapacityBench = async ({ rounds, only, sessions, progress }: BenchOptions): Promise<Report> => {
  const names = namesOf(only);
  // The first is what the others are compared with.
  const sizes = [...new Set([1, ...(sessions ?? standardSizes)])].sort((a, b) => a - b);
  const closing = createClosing();
  const facts = machineFacts();
  try {
    const field = await openField(names, closing, progress);
    const idle = await measureIdle(field);
    const { points, failures } = await measureAll(field, { rounds, sizes, progress });
    const cpuAt = cpuSize(sizes);
    const rows = names.map((name) => ({ name, label: labelOf(field, name) }));
    return {
      name: 'capacity',
      ...facts,
      sections: [
        timesSection(points, sizes, rows),
        cpuSection(points, cpuAt, rows),
        memorySection(points, Math.max(...sizes), rows),
        comparedSection(points, { sizes, cpuAt }),
        readerSection(points, sizes),
        idle,
      ].filter(({ table, figures }) => table || figures.length > 0),
      notes,
      failures: [...field.missing.map(({ failure }) => failure), ...failures],
    };
  } finally {
    await closing.close();
  }
};
