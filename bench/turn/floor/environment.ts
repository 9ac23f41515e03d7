import type { FloorOptions } from './steps.ts';

/** How the parent tells a process of a floor what to work with. */
export type FloorEnvironment = FloorOptions & { port: number; temporalAddress: string; taskQueue: string };

export const floorVariables = (options: FloorEnvironment): NodeJS.ProcessEnv => ({
  ...process.env,
  BENCH_FLOOR: JSON.stringify(options),
});

export const readFloorEnvironment = (): FloorEnvironment =>
  JSON.parse(process.env.BENCH_FLOOR ?? '{}') as FloorEnvironment;
