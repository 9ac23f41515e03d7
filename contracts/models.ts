import { EverturnError } from './errors.ts';
import { nearest } from './nearest.ts';

/** The models of everturn.yaml as agents, scripts and people name them. */
export type ModelChoice = {
  /** The first is the default. */
  names: readonly string[];
  /** Further names, each with the model it refers to. */
  aliases: Readonly<Record<string, string>>;
  /** Whether scripts and agent files may name no other models. */
  strict: boolean;
};

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ') || 'none';

const configured = (name: string, { names, aliases }: ModelChoice): string | undefined =>
  names.includes(name) ? name : Object.hasOwn(aliases, name) ? aliases[name] : undefined;

/** Ends a message on a model that is not configured. */
const advice = (wanted: readonly string[], { names, aliases }: ModelChoice): string => {
  const near = wanted.flatMap((name) => nearest(name, [...names, ...Object.keys(aliases)]));
  return `configured are ${quoted(names)}${near.length > 0 ? `; the nearest are ${quoted([...new Set(near)].slice(0, 3))}` : ''}`;
};

/**
 * The first model of those wanted that is configured, also by an alias; the first configured when nothing is wanted.
 * Throws `model_unknown` when none of those wanted is configured.
 */
export const chooseModel = (wanted: readonly string[], choice: ModelChoice): string => {
  const chosen =
    wanted.length === 0 ? choice.names[0] : wanted.map((name) => configured(name, choice)).find((name) => name);
  if (chosen !== undefined) return chosen;
  throw new EverturnError(
    'model_unknown',
    `Cannot use the model ${quoted(wanted)}: ${advice(wanted, choice)}. Name one of these, or give it this name in everturn.yaml (models[].aliases)`,
  );
};

/** The replacement for a model that a script or an agent file names and everturn.yaml lacks; null if it is configured. */
export const standInFor = (wanted: readonly string[], choice: ModelChoice): string | null => {
  const [first = ''] = choice.names;
  if (wanted.length === 0 || wanted.some((name) => configured(name, choice) !== undefined)) return null;
  return `the model ${quoted(wanted)} is not configured, so the default "${first}" is used; ${advice(wanted, choice)}. Give "${first}" or another one this name in everturn.yaml (models[].aliases), or refuse such names (strictModels: true)`;
};

export type Chosen = {
  model: string;
  /** Those to fall back to, in their order; empty: all. */
  models: string[];
  warning: string | null;
};

/**
 * As {@link chooseModel}, of names that a script or an agent file gives: they may come from elsewhere, so an unknown one
 * means the default, unless `strictModels` says otherwise.
 */
export const chooseLeniently = (wanted: readonly string[], choice: ModelChoice): Chosen => {
  const warning = choice.strict ? null : standInFor(wanted, choice);
  const model = chooseModel(warning === null ? wanted : [], choice);
  const models = warning === null ? wanted.flatMap((name) => configured(name, choice) ?? []) : [];
  return { model, models: [...new Set(models)], warning };
};
