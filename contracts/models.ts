import { EverturnError } from './errors.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ') || 'none';

/**
 * The first model of those wanted that is configured; the first configured when nothing is wanted. Names are those of
 * everturn.yaml. Throws `model_unknown` when none of those wanted is configured.
 */
export const chooseModel = (wanted: readonly string[], configured: readonly string[]): string => {
  const chosen = wanted.length === 0 ? configured[0] : wanted.find((name) => configured.includes(name));
  if (chosen !== undefined) return chosen;
  throw new EverturnError(
    'model_unknown',
    `Cannot use the model ${quoted(wanted)}: configured are ${quoted(configured)}. Name one of these, or add it to models in everturn.yaml`,
  );
};
