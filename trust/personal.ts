import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import { type McpServer, McpServers } from '../contracts/mcp.ts';
import { homeFolder } from '../files/places.ts';
import { machinePath } from '../files/programs.ts';
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

/**
 * A personal server runs in every project, trusted or not: npx and others would take programs and settings from a working
 * folder, and npm puts a project's programs before all others in PATH. So it starts in the home folder unless `cwd` says
 * otherwise, and finds programs of the machine alone.
 */
const apart = (server: McpServer, project: string, { PATH = '' }: NodeJS.ProcessEnv): McpServer =>
  server.command
    ? {
        ...server,
        cwd: server.cwd ?? homeFolder(),
        env: { PATH: machinePath(PATH, project).join(path.delimiter), ...server.env },
      }
    : server;

/** A configuration with what its user has in every project; a project's own server goes before a personal one. Throws `config_invalid`. */
export const withPersonal = (config: Config, project: string, source: NodeJS.ProcessEnv = process.env): Config => {
  const file = personalFile();
  const text = read(file);
  if (text === null) return config;
  const { mcp } = parseYamlFile(PersonalServers, text, file);
  const own = Object.entries(mcp).map(([name, server]) => [name, apart(server, project, source)] as const);
  return { ...config, mcp: { ...Object.fromEntries(own), ...config.mcp } };
};
