import { InvalidArgumentError } from 'commander';
import type { Budget } from '../../contracts/script.ts';

export type BudgetOptions = { budgetTokens?: number; budgetDollars?: number };

/** For commander. */
export const dollars = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError(`"${text}" is not an amount of dollars above 0.`);
  return value;
};

export const budgetOf = ({ budgetTokens, budgetDollars }: BudgetOptions): { budget?: Budget } => {
  if (budgetTokens === undefined && budgetDollars === undefined) return {};
  return {
    budget: {
      ...(budgetTokens === undefined ? {} : { tokens: budgetTokens }),
      ...(budgetDollars === undefined ? {} : { dollars: budgetDollars }),
    },
  };
};
