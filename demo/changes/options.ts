import { parseArgs } from 'node:util';

export type ChangesDemoOptions = {
  /** Each kills everything five times. */
  rounds: number;
  seed: number;
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

export const usage = 'Usage: npm run demo:changes -- [--rounds <n>] [--seed <n>] [--json] [--keep]';

/** Null when they cannot be understood. */
export const readOptions = (args: readonly string[]): ChangesDemoOptions | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Date.now() % 100_000) },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
    if (!Number.isInteger(rounds) || !Number.isInteger(seed) || rounds < 1) return null;
    return { rounds, seed, json: values.json, keep: values.keep };
  } catch {
    return null;
  }
};
