import { parseArgs } from 'node:util';

export type ScriptDemoOptions = {
  kills: number;
  /** Scripts that run at the same time; another begins when one ends, until all kills are done. */
  scripts: number;
  seed: number;
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

export const usage = 'Usage: npm run demo:script-crash -- [--kills <n>] [--seed <n>] [--scripts <n>] [--json] [--keep]';

/** Null when they cannot be understood. */
export const readOptions = (args: readonly string[]): ScriptDemoOptions | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string', default: '50' },
        seed: { type: 'string', default: String(Date.now() % 100_000) },
        scripts: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [kills, seed, scripts] = [Number(values.kills), Number(values.seed), Number(values.scripts)];
    if (![kills, seed, scripts].every(Number.isInteger) || kills < 1 || scripts < 1) return null;
    return { kills, seed, scripts, json: values.json, keep: values.keep };
  } catch {
    return null;
  }
};
