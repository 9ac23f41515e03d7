import { z } from 'zod';
import { Origin } from './flow.ts';
import { RunView, Schedule } from './runs.ts';

/** A run's view with what went in and came out, where these are short; long ones are read apart. */
export const RunDetail = RunView.extend({ input: z.unknown().optional(), output: z.unknown().optional() });
export type RunDetail = z.infer<typeof RunDetail>;

/** What a run was started with. */
export const RunSource = z.object({
  source: z.string(),
  file: z.string(),
  origin: Origin,
  input: z.unknown(),
  /** The file that a run of the same name would be started with now; null if there is none, or it cannot be read. */
  current: z.string().nullable(),
});
export type RunSource = z.infer<typeof RunSource>;

/** Null until the run has completed, and for a flow that declares no output. */
export const RunOutput = z.object({ output: z.unknown() });
export type RunOutput = z.infer<typeof RunOutput>;

export const HookedRun = z.object({ runId: z.string() });

export const ScheduleList = z.object({ schedules: z.array(Schedule) });
export type ScheduleList = z.infer<typeof ScheduleList>;
