import { type Closing, createClosing } from './closing.ts';
import { machineFacts } from './machine.ts';
import type { Report, Section } from './report.ts';

export type BenchOptions = {
  rounds: number;
  /** Names of parts; null for all. */
  only: readonly string[] | null;
  /** Of capacity: numbers of sessions live; of sessions: how many are in the database. Null for the usual ones. */
  sessions: readonly number[] | null;
  /** Of sessions: how many chunks each has. Null for the usual number. */
  chunks: number | null;
  /** Of console: how long tokens stream. Null for the usual time. */
  seconds: number | null;
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
  const facts = machineFacts();
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
    return { name, ...facts, sections, failures };
  } finally {
    await closing.close();
  }
};
