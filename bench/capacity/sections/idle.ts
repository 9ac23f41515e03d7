import { setTimeout as delay } from 'node:timers/promises';
import type { Section } from '../../report.ts';
import type { Field } from '../field.ts';
import { cpuMsByGroup } from '../usage.ts';

const seconds = 3;

/** What the shared servers take while nobody asks for anything: it is in the CPU of each turn, longer ones have more. */
export const measureIdle = async ({ servers: { processes } }: Field): Promise<Section> => {
  const shared = { server: [processes.temporal], postgres: [processes.postgres] };
  const before = cpuMsByGroup(shared);
  await delay(seconds * 1000);
  const after = cpuMsByGroup(shared);
  const rate = (group: string): number => ((after[group] ?? 0) - (before[group] ?? 0)) / seconds;
  return {
    title: 'All started, nothing to do: CPU milliseconds a second',
    figures: [
      { label: 'Temporal server', unit: 'ms', value: rate('server') },
      { label: 'Postgres', unit: 'ms', value: rate('postgres') },
    ],
  };
};
