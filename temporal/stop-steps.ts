import type { EndStep } from '../runtime/processes.ts';

export const stopTemporalSteps: readonly EndStep[] = [
  { signal: 'SIGTERM', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];
