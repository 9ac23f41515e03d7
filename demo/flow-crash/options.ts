import { parseArgs } from 'node:util';

export type FlowDemoOptions = {
  kills: number;
  seed: number;
  rounds: number;
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

export const usage = 'Usage: npm run demo:flow-crash -- [--kills <n>] [--seed <n>] [--rounds <n>] [--json] [--keep]';

/** Null when they cannot be understood. */
export const readOptions = (args: readonly string[]): FlowDemoOptions | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string', default: '20' },
        seed: { type: 'string', default: String(Date.now() % 100_000) },
        rounds: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [kills, seed, rounds] = [Number(values.kills), Number(values.seed), Number(values.rounds)];
    if (![kills, seed, rounds].every(Number.isInteger) || kills < 1 || rounds < 1) return null;
    return { kills, seed, rounds, json: values.json, keep: values.keep };
  } catch {
    return null;
  }
};
