import { z } from 'zod';
import { Config } from './config.ts';
import { isSecretName, masked, withoutSecretArguments, withoutSecretsInAddresses } from './hide-secrets.ts';
import type { EnvironmentRow, Setting, SettingSource } from './settings.ts';

type Leaf = { steps: (string | number)[]; value: Setting['value'] };

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const leavesOf = (value: unknown, steps: (string | number)[] = []): Leaf[] => {
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one === 'string'))
      return [{ steps, value: withoutSecretArguments(value).join(', ') }];
    return value.flatMap((one, index) => leavesOf(one, [...steps, index]));
  }
  if (isMap(value)) return Object.entries(value).flatMap(([name, one]) => leavesOf(one, [...steps, name]));
  if (value === undefined) return [];
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return [{ steps, value: isPlain ? value : null }];
};

export const writtenPath = (steps: readonly (string | number)[]): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    const name = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
    return path === '' ? name : `${path}.${name}`;
  }, '');

const has = (value: unknown, steps: readonly (string | number)[]): boolean => {
  let at = value;
  for (const step of steps) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step];
    else if (isMap(at) && Object.hasOwn(at, step)) at = at[step];
    else return false;
  }
  return at !== null && at !== undefined;
};

/** Maps of names to values that a user may have put a secret into, although they should not. */
const holders = new Set(['headers', 'env', 'body']);

/** Names of variables are not secrets: `apiKeyEnv`, `envFrom`. */
const isSecret = ({ steps, value }: Leaf): boolean => {
  if (typeof value !== 'string' || value === '') return false;
  if (steps.slice(0, -1).some((step) => typeof step === 'string' && holders.has(step))) return true;
  const name = steps.findLast((step) => typeof step === 'string') ?? '';
  return isSecretName(name) && !/(?:Env|From)$/.test(name);
};

const shown = (leaf: Leaf): Pick<Setting, 'value' | 'isSecret'> => {
  if (isSecret(leaf)) return { value: masked, isSecret: true };
  const { value } = leaf;
  return { value: typeof value === 'string' ? withoutSecretArguments([value]).join() : value, isSecret: false };
};

/** Fields that are left out of a configuration with defaults alone: they have none. */
const optional = ['limits', 'commands', 'server', 'retention'] as const;

const unsetOf = (config: Config): Leaf[] =>
  optional.flatMap((section) => {
    const shape = fieldsOf(section);
    const given: Record<string, unknown> = config[section];
    return shape.filter((name) => given[name] === undefined).map((name) => ({ steps: [section, name], value: null }));
  });

const fieldsOf = (section: (typeof optional)[number]): string[] => {
  let schema: z.core.$ZodType = Config.shape[section];
  while (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) schema = schema.unwrap();
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
};

/**
 * Every value that is in use, and where it comes from. `given`: what everturn.yaml says, as it was parsed; null where it is
 * missing or not used.
 */
export const settingsOf = (config: Config, given: unknown): Setting[] => {
  const sourceOf = ({ steps }: Leaf): SettingSource => {
    if (has(given, steps)) return 'file';
    const [section, name] = steps;
    return section === 'mcp' && name !== undefined && !has(given, [section, name]) ? 'personal' : 'default';
  };
  const order = Object.keys(Config.shape);
  const place = ({ steps }: Leaf): number => order.indexOf(String(steps[0]));
  return [...leavesOf(config), ...unsetOf(config)]
    .map((leaf, index) => ({ leaf, index }))
    .toSorted((one, other) => place(one.leaf) - place(other.leaf) || one.index - other.index)
    .map(({ leaf }) => ({ path: writtenPath(leaf.steps), source: sourceOf(leaf), ...shown(leaf) }));
};

type Variables = Readonly<Record<string, string | undefined>>;

/** `parsed`: with defaults. `secrets`: names whose values are never shown. */
export const environmentOf = (
  names: Iterable<string>,
  {
    source,
    parsed,
    secrets,
  }: { source: Variables; parsed: Readonly<Record<string, unknown>>; secrets: ReadonlySet<string> },
): EnvironmentRow[] =>
  [...names].toSorted().map((name) => {
    const isSet = (source[name] ?? '') !== '';
    const value = isSet ? source[name] : parsed[name];
    const secret = secrets.has(name) || (isSecretName(name) && !/_(?:CERT|CA)$/.test(name));
    if (value === undefined || value === null) return { name, value: null, source: 'default', isSecret: secret };
    const text = secret ? masked : withoutSecretsInAddresses(String(value));
    return { name, value: text, source: isSet ? 'environment' : 'default', isSecret: secret };
  });
