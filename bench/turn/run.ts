import os from 'node:os';
import type { Report, Section } from '../report.ts';
import { createClosing } from './closing.ts';
import { type Field, openField } from './field.ts';
import { measureCrash } from './measures/crash.ts';
import { measureFirstToken } from './measures/first-token.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureHistory } from './measures/history.ts';
import { measureLoad } from './measures/load.ts';
import { measureMemory } from './measures/memory.ts';

export type TurnBenchOptions = {
  rounds: number;
  /** Names of parts; null for all. */
  only: readonly string[] | null;
  progress(line: string): void;
};

export type Part = (field: Field, options: TurnBenchOptions) => Promise<Section[]>;

/** In this order: the later ones find warm programs. */
const parts: Record<string, Part> = {
  load: measureLoad,
  growth: measureGrowth,
  'first-token': measureFirstToken,
  history: measureHistory,
  crash: measureCrash,
  memory: measureMemory,
};

export const runTurnBench = async (options: TurnBenchOptions): Promise<Report> => {
  const unknown = options.only?.find((name) => !(name in parts));
  if (unknown !== undefined)
    throw new Error(`No part is named "${unknown}"; there are ${Object.keys(parts).join(', ')}`);
  const closing = createClosing();
  const startedAt = new Date().toISOString();
  try {
    const field = await openField(closing, options.progress);
    const sections: Section[] = [];
    const failures: string[] = [];
    for (const [name, part] of Object.entries(parts)) {
      if (options.only && !options.only.includes(name)) continue;
      options.progress(`measuring ${name}`);
      try {
        sections.push(...(await part(field, options)));
      } catch (error) {
        failures.push(`Cannot measure ${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown CPU'}`;
    return { name: 'turn', startedAt, machine, node: process.version, sections, failures };
  } finally {
    await closing.close();
  }
};
