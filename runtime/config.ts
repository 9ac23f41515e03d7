import path from 'node:path';
import { LineCounter } from 'yaml';
import type { z } from 'zod';
import { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import { readYaml } from '../contracts/yaml.ts';
import { readTextBounded } from '../files/read-bounded.ts';
import { type Fault, placesOf } from './config-faults.ts';

export const configName = 'everturn.yaml';
const maxBytes = 1024 * 1024;

export type ConfigFault = Fault & { line: number; column: number };

/**
 * The configuration of a project; all defaults when it has no everturn.yaml.
 * Throws `config_invalid` that lists every fault as `file:line:column path: expected …, found …`.
 */
export const loadConfig = (projectDir: string): Config => {
  const file = path.join(projectDir, configName);
  const text = read(file);
  return text === null ? Config.parse({}) : parseConfig(text, file);
};

export const parseConfig = (text: string, file: string): Config => parseYamlFile(Config, text, file);

/** A file of settings by its schema. Throws `config_invalid` that lists every fault. */
export const parseYamlFile = <S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> => {
  const lines = new LineCounter();
  const { document, value, faults } = readYaml(text, { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (faults.length > 0) {
    throw invalid(
      file,
      faults.map(({ offset, message }) => ({ ...at(offset), path: '', expected: message, found: null })),
    );
  }
  const parsed = schema.safeParse(withoutEmptySections(value));
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.flatMap((issue) =>
      placesOf(document, issue).map(({ offset, ...fault }) => ({ ...at(offset), ...fault })),
    ),
  );
};

/** A section whose every line is a comment is null in YAML; its defaults hold. So do those of an empty file. */
const withoutEmptySections = (value: unknown): unknown => {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
};

const read = (file: string): string | null => {
  try {
    return readTextBounded(file, { most: maxBytes });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new EverturnError('config_invalid', `Cannot read ${file}: ${message}`, { cause });
  }
};

const invalid = (file: string, faults: ConfigFault[]): EverturnError => {
  const told = faults.map(({ line, column, path, expected, found }) => {
    const where = path === '' ? '' : ` ${path}:`;
    return `${file}:${line}:${column}${where} ${expected}${found === null ? '' : `, found ${found}`}`;
  });
  return new EverturnError('config_invalid', `Cannot use ${path.basename(file)}:\n${told.join('\n')}`, {
    details: { file, faults },
  });
};
