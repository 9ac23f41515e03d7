import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import { McpServers } from '../contracts/mcp.ts';
import { homeFolder } from '../files/places.ts';
import { readTextBounded } from '../files/read-bounded.ts';
import { parseYamlFile } from '../runtime/config.ts';

const maxBytes = 1024 * 1024;

/** `~/.everturn/mcp.yaml`: servers that this user has in every project. */
const PersonalServers = z.strictObject({ mcp: McpServers.default({}) });

export const personalFile = (): string => path.join(homeFolder(), '.everturn', 'mcp.yaml');

const read = (file: string): string | null => {
  try {
    return readTextBounded(file, { most: maxBytes });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new EverturnError('config_invalid', `Cannot read ${file}: ${message}`, { cause });
  }
};

/** A configuration with what its user has in every project; a project's own server goes before a personal one. Throws `config_invalid`. */
export const withPersonal = (config: Config): Config => {
  const file = personalFile();
  const text = read(file);
  return text === null
    ? config
    : { ...config, mcp: { ...parseYamlFile(PersonalServers, text, file).mcp, ...config.mcp } };
};
