import { parseArgs } from 'node:util';

export type FaultOptions = {
  /** How many, and the first of them. */
  seeds: number;
  seed: number;
  /** Files of plans, in place of seeds. */
  plans: string[];
  /** Where the plans of failing seeds are written. */
  out: string;
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

export const usage =
  'Usage: npm run faults -- [--seeds <n>] [--seed <first>] [--plan <file>]… [--out <folder>] [--json] [--keep]';

/** Null when they cannot be understood. `--seed K` alone plays that one. */
export const readOptions = (args: readonly string[]): FaultOptions | null => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        plan: { type: 'string', multiple: true, default: [] },
        out: { type: 'string', default: 'faults-failed' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const seeds = Number(values.seeds ?? (values.seed === undefined ? 20 : 1));
    const seed = Number(values.seed ?? 1);
    if (!Number.isInteger(seeds) || !Number.isInteger(seed) || seeds < 1 || seed < 0) return null;
    return { seeds, seed, plans: values.plan, out: values.out, json: values.json, keep: values.keep };
  } catch {
    return null;
  }
};
