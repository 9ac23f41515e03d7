import { parseArgs } from 'node:util';

export type DemoOptions<Name extends string> = Record<Name, number> & {
  json: boolean;
  /** Keeps the project folder with its logs. */
  keep: boolean;
};

/** A seed that a failed run prints, so that it can be played again. */
export const anySeed = (): number => Date.now() % 100_000;

/** Prints how a demo is called, and ends. */
export const exitWithUsage = (usage: string): never => {
  console.error(`Usage: npm run ${usage} [--json] [--keep]`);
  process.exit(2);
};

/** The options of a demo: whole numbers with their defaults, each at least 1 (a seed: 0). Ends with the usage if they are wrong. */
export const readOptions = <Name extends string>(
  demo: string,
  defaults: Readonly<Record<Name, number>>,
): DemoOptions<Name> => {
  const names = Object.keys(defaults) as Name[];
  const usage = `${demo} -- ${names.map((name) => `[--${name} <n>]`).join(' ')}`;
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    });
    const numbers = names.map(
      (name) => [name, Number((values as Partial<Record<string, string | boolean>>)[name] ?? defaults[name])] as const,
    );
    const isRight = numbers.every(([name, value]) => Number.isInteger(value) && value >= (name === 'seed' ? 0 : 1));
    if (!isRight) return exitWithUsage(usage);
    const flags = { json: values.json === true, keep: values.keep === true };
    return { ...(Object.fromEntries(numbers) as Record<Name, number>), ...flags };
  } catch {
    return exitWithUsage(usage);
  }
};
