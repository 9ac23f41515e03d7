import path from 'node:path';
import { z } from 'zod';
import { inOneLine } from '../contracts/one-line.ts';
import { PermissionRules, type PlacedRule } from '../contracts/permissions/rule.ts';
import { readYaml } from '../contracts/yaml.ts';
import { homeFolder } from '../files/places.ts';
import { readTextBounded } from '../files/read-bounded.ts';

const maxBytes = 1024 * 1024;

export const personalRulesFile = (): string => path.join(homeFolder(), '.everturn', 'permissions.yaml');

export type PersonalRules = { rules: PlacedRule[]; faults: string[] };

const Personal = z.strictObject({ permissions: PermissionRules.default([]) });

export const placedRules = (
  rules: readonly PlacedRule['rule'][],
  source: PlacedRule['source'],
  file: string,
): PlacedRule[] => rules.map((rule, index) => ({ source, id: null, place: `${file}, permissions[${index}]`, rule }));

const parsed = (text: string, file: string): PersonalRules => {
  const { value, faults } = readYaml(text);
  if (faults.length > 0) return { rules: [], faults: faults.map(({ message }) => inOneLine(`${file}: ${message}`)) };
  const checked = Personal.safeParse(value ?? {});
  if (checked.success) return { rules: placedRules(checked.data.permissions, 'personal', file), faults: [] };
  const said = checked.error.issues.map((issue) => `${file}: ${issue.path.map(String).join('.')}: ${issue.message}`);
  return { rules: [], faults: said.map(inOneLine) };
};

/** Reads the user's own rules; called again, it reads the file again if it changed. */
export const openPersonalRules = (file = personalRulesFile()): (() => PersonalRules) => {
  let known: { text: string; rules: PersonalRules } | null = null;
  return () => {
    try {
      const text = readTextBounded(file, { most: maxBytes });
      if (known?.text !== text) known = { text, rules: parsed(text, file) };
      return known.rules;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { rules: [], faults: code === 'ENOENT' || code === 'ENOTDIR' ? [] : [`${file}: ${message}`] };
    }
  };
};
