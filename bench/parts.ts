import os from 'node:os';
import { type Closing, createClosing } from './closing.ts';
import type { Report, Section } from './report.ts';

export type BenchOptions = {
  rounds: number;
  /** Names of parts; null for all. */
  only: readonly string[] | null;
  progress(line: string): void;
};

export type Part<Field> = (field: Field, options: BenchOptions) => Promise<Section[]>;

/** Measures the parts in their order; what cannot be measured is told in the report. */
export const runParts = async <Field>(
  name: string,
  parts: Record<string, Part<Field>>,
  open: (closing: Closing, progress: (line: string) => void) => Promise<Field>,
  options: BenchOptions,
): Promise<Report> => {
  const unknown = options.only?.find((part) => !(part in parts));
  if (unknown !== undefined)
    throw new Error(`No part is named "${unknown}"; there are ${Object.keys(parts).join(', ')}`);
  const closing = createClosing();
  const startedAt = new Date().toISOString();
  try {
    const field = await open(closing, options.progress);
    const sections: Section[] = [];
    const failures: string[] = [];
    for (const [part, measure] of Object.entries(parts)) {
      if (options.only && !options.only.includes(part)) continue;
      options.progress(`measuring ${part}`);
      try {
        sections.push(...(await measure(field, options)));
      } catch (error) {
        failures.push(`Cannot measure ${part}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown CPU'}`;
    return { name, startedAt, machine, node: process.version, sections, failures };
  } finally {
    await closing.close();
  }
};
