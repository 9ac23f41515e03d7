import path from 'node:path';
import { serverSeparator } from '../contracts/mcp.ts';
import { toolNames } from '../contracts/tool-names.ts';
import { namesInSync } from '../files/names-in.ts';
import { cachedByFile } from './file-cache.ts';
import { readText } from './read-text.ts';

const nameIn = cachedByFile((file): string | null => {
  const text = readText(file, path.dirname(file));
  return 'source' in text ? (/\bname:\s*['"`]([A-Za-z]\w*)['"`]/.exec(text.source)?.[1] ?? null) : null;
});

/** Names that files with tools seem to have: none of them is run to be asked. */
const ownNames = (folder: string): (string | null)[] => {
  try {
    const { names } = namesInSync(folder, 1000);
    return names.filter((name) => name.endsWith('.ts')).map((name) => nameIn(path.join(folder, name)));
  } catch {
    return [];
  }
};

/**
 * Whether an agent in this file may name such a tool. What an MCP server offers is not known here: `server__tool`, or
 * `server__*` for all of them, may always be named.
 */
export const isKnownTool = (name: string, agentFile: string): boolean =>
  toolNames.includes(name) ||
  name.includes(serverSeparator) ||
  ownNames(path.join(path.dirname(agentFile), '..', 'tools')).includes(name);
