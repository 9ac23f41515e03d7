import type { Budget } from '../../../contracts/script.ts';

export type Read<Value> = { value: Value } | { fault: string };

const whyNotJson = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Arguments as they were written; nothing written is no arguments. */
export const readArgs = (action: string, written: string, as: 'text' | 'json'): Read<unknown> => {
  if (written.trim() === '') return { value: undefined };
  if (as === 'text') return { value: written };
  try {
    return { value: JSON.parse(written) };
  } catch (cause) {
    return { fault: `Cannot ${action}: the arguments are not JSON (${whyNotJson(cause)})` };
  }
};

/** `200000`, `200k`, `1.5M`; undefined when empty. */
export const readTokens = (action: string, written: string): Read<number | undefined> => {
  const text = written.trim().replaceAll(',', '');
  if (text === '') return { value: undefined };
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([km]?)$/i.exec(text) ?? [];
  const value = Math.round(Number(number) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1));
  return Number.isSafeInteger(value) && value > 0
    ? { value }
    : { fault: `Cannot ${action}: the budget "${written}" is not a number of tokens. Write 200000, 200k or 1.5M` };
};

export const readDollars = (action: string, written: string): Read<number | undefined> => {
  const text = written.trim().replace(/^\$/, '');
  if (text === '') return { value: undefined };
  const value = Number(text);
  return Number.isFinite(value) && value > 0
    ? { value }
    : { fault: `Cannot ${action}: the budget "${written}" is not an amount in dollars. Write 2.50` };
};

/** Undefined when neither is written. */
export const readBudget = (action: string, tokens: string, dollars: string): Read<Budget | undefined> => {
  const most = readTokens(action, tokens);
  if ('fault' in most) return most;
  const dearest = readDollars(action, dollars);
  if ('fault' in dearest) return dearest;
  if (most.value === undefined && dearest.value === undefined) return { value: undefined };
  return {
    value: {
      ...(most.value === undefined ? {} : { tokens: most.value }),
      ...(dearest.value === undefined ? {} : { dollars: dearest.value }),
    },
  };
};
