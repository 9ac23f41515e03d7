import { z } from 'zod';
import { canonical } from './canonical.ts';
import type { Config } from './config.ts';

/** One time that everturn.yaml was read again while the stack ran. */
export const ConfigChange = z.object({
  id: z.int().positive(),
  at: z.iso.datetime(),
  /** Why the file was not taken; the configuration before it stays in use. Null where it was taken. */
  fault: z.string().nullable(),
  /** The fields that changed. */
  changed: z.array(z.string()),
  /** Those of them that take effect after a restart. */
  needsRestart: z.array(z.string()),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

export type NewConfigChange = Pick<ConfigChange, 'fault' | 'changed' | 'needsRestart'>;

export const ConfigState = z.object({
  /** Why everturn.yaml as it is now is not in use; null where it is. */
  fault: z.string().nullable(),
  /** Fields whose new values wait for a restart. */
  needsRestart: z.array(z.string()),
  /** The newest first. */
  changes: z.array(ConfigChange),
});
export type ConfigState = z.infer<typeof ConfigState>;

/** Fields of the configuration that are read only at start. */
const atStartOnly = (field: string): boolean => /^(server|users|oidc|commands)(\.|$)/.test(field);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (one: unknown, other: unknown): boolean => canonical(one ?? null) === canonical(other ?? null);

/** The fields that differ, one level below the sections that are maps: `models`, `keys.main`, `limits.waitSeconds`. */
export const changedFields = (before: Config, after: Config): string[] => {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Config)[];
  return sections.flatMap((section) => {
    const [old, now]: unknown[] = [before[section], after[section]];
    if (same(old, now)) return [];
    if (!isMap(old) || !isMap(now)) return [section];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names.filter((name) => !same(old[name], now[name])).map((name) => `${section}.${name}`);
  });
};

export const needsRestart = (changed: readonly string[]): string[] => changed.filter(atStartOnly);

/** The notice of a change for a session. */
export const wordsOfChange = ({
  changed,
  needsRestart: later,
}: Pick<ConfigChange, 'changed' | 'needsRestart'>): string => {
  const waits =
    later.length === 0 ? '' : ` ${later.join(', ')} ${later.length === 1 ? 'takes' : 'take'} effect after a restart.`;
  return `everturn.yaml was read again: ${changed.join(', ')} changed.${waits}`;
};
