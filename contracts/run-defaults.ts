import type { Config } from './config.ts';
import type { Budget } from './script.ts';

/** What a script's run is started with, where it does not say otherwise. */
export type RunDefaults = { budget?: Budget; timeLimitMs?: number };

export const runDefaultsOf = ({
  runTokens,
  runMinutes,
}: Pick<Config['limits'], 'runTokens' | 'runMinutes'>): RunDefaults => ({
  ...(runTokens === undefined ? {} : { budget: { tokens: runTokens } }),
  ...(runMinutes === undefined ? {} : { timeLimitMs: Math.round(runMinutes * 60_000) }),
});
