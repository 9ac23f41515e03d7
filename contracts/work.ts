import { z } from 'zod';

/** Whom a session or run waits for, and with what. */
export const WaitingFor = z.object({
  /** The tool or the step that asks. */
  what: z.string(),
  /** Who may answer; null: every operator. */
  approvers: z.array(z.string()).nullable(),
  since: z.iso.datetime(),
});
export type WaitingFor = z.infer<typeof WaitingFor>;

/** Counts stop here. */
export const maxCounted = 1000;

const Count = z.int().nonnegative();

/** What runs, waits and failed. What waits for an answer is not counted as running. `failed`: within the last 24 hours, and not archived or run again since. */
export const WorkCounts = z.object({
  sessions: z.object({ running: Count, waiting: Count, failed: Count }),
  runs: z.object({ running: Count, waiting: Count, queued: Count, failed: Count }),
});
export type WorkCounts = z.infer<typeof WorkCounts>;

const maxCharacters = 200;

const words = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(words).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(words).join(' · ');
  return value === null || value === undefined ? '' : String(value);
};

/** The input of a run in one line; empty where it has none. */
export const briefOf = (input: unknown): string => {
  const line = words(input).replaceAll(/\s+/g, ' ').trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line;
};
