import { InvalidArgumentError } from 'commander';
import { Duration } from '../contracts/flow.ts';

/** For commander: a number with its unit, such as 90s. */
export const durationText = (value: string): string => {
  if (Duration.safeParse(value).success) return value;
  throw new InvalidArgumentError(`"${value}" is not a duration: write a number with ms, s, m, h or d, such as 90s.`);
};
