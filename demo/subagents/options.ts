import { parseArgs } from 'node:util';

export type SubagentDemoOptions = {
  /** Agents to kill in all, over as many rounds as that takes. */
  kills: number;
  seed: number;
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

export const usage = 'Usage: npm run demo:subagents -- [--kills <n>] [--seed <n>] [--json] [--keep]';

/** Null when they cannot be understood. */
export const readOptions = (args: readonly string[]): SubagentDemoOptions | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string', default: '100' },
        seed: { type: 'string', default: String(Date.now() % 100_000) },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [kills, seed] = [Number(values.kills), Number(values.seed)];
    if (!Number.isInteger(kills) || !Number.isInteger(seed) || kills < 1) return null;
    return { kills, seed, json: values.json, keep: values.keep };
  } catch {
    return null;
  }
};
