import { InvalidArgumentError } from 'commander';

/** For commander: a whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`"${value}" is not a whole number of ${least} or more.`);
  };
