import { parseArgs } from 'node:util';
import { exitWithUsage } from '../support/options.ts';
import { type Target, targets } from '../support/stack.ts';

export type CrashOptions = {
  json: boolean;
  rounds: number;
  only: readonly Target[];
  /** Kills at random moments instead of the planned ones. */
  random: { seed: number; count: number } | null;
  keep: boolean;
};

const usage = `demo:crash -- [--rounds <n>] [--only <process,process>] [--random <seed> <n>], with processes ${targets.join(', ')};`;

const isTarget = (name: string): name is Target => (targets as readonly string[]).includes(name);

/** Null when they cannot be understood. */
const read = (): CrashOptions | null => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '1' },
        only: { type: 'string', default: targets.join() },
        random: { type: 'string' },
        keep: { type: 'boolean', default: false },
      },
    });
    const rounds = Number(values.rounds);
    const only = values.only.split(',');
    if (!Number.isInteger(rounds) || rounds < 1 || !only.every(isTarget)) return null;
    const random = values.random === undefined ? null : { seed: Number(values.random), count: Number(positionals[0]) };
    if (random && !(Number.isInteger(random.seed) && Number.isInteger(random.count) && random.count > 0)) return null;
    if (positionals.length > (random ? 1 : 0)) return null;
    return { json: values.json, rounds, only, random, keep: values.keep };
  } catch {
    return null;
  }
};

/** Ends with the usage if they are wrong. */
export const readCrashOptions = (): CrashOptions => read() ?? exitWithUsage(usage);
