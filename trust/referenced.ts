import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../contracts/config.ts';
import { cachedByFile } from '../definitions/file-cache.ts';
import { FileRefused, readBounded } from '../files/read-bounded.ts';
import { parseConfig } from '../runtime/config.ts';

const maxBytes = 256 * 1024 * 1024;

type Program = { argv: readonly string[]; env?: Record<string, string> | undefined; folder: string };

const programsOf = ({ mcp, commands: { sandbox }, autoFix }: Config, project: string): Program[] => [
  ...Object.values(mcp).flatMap(({ command, cwd = '.', env }) =>
    command ? [{ argv: command, env, folder: path.resolve(project, cwd) }] : [],
  ),
  ...(typeof sandbox === 'object' ? [sandbox.run, ...(sandbox.end ? [sandbox.end] : [])] : []).map((argv) => ({
    argv,
    folder: project,
  })),
  ...(autoFix.command ? [{ argv: autoFix.command, folder: project }] : []),
  ...Object.entries(autoFix.workspaces).flatMap(([folder, { command }]) =>
    command ? [{ argv: command, folder }] : [],
  ),
];

/** `--import=./x.js`, `sh -c "node ./x.js"`, and the word itself. */
const namesIn = (word: string): string[] => [word, ...word.split(/[=:\s"',;]+/)].filter(Boolean);

/** The files of the project that programs of everturn.yaml are, or are given to run. A change to one changes what runs. */
export const referencedBy = (text: string, file: string): string[] => {
  const project = path.dirname(file);
  let config: Config;
  try {
    config = parseConfig(text, file);
  } catch {
    // Nothing starts with it.
    return [];
  }
  const places = programsOf(config, project).flatMap(({ argv, env = {}, folder }) => {
    // A program without a slash is looked for in PATH.
    const words = argv.filter((word, index) => index > 0 || word.includes('/'));
    return [...words, ...Object.values(env)].flatMap(namesIn).map((word) => path.resolve(folder, word));
  });
  return [...new Set(places)].filter((place) => place.startsWith(project + path.sep));
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Of what is there now; null where nothing is, or a folder. A link out of the project counts by where it leads. */
const hashOf = (file: string, project: string): string | null => {
  try {
    const real = realpathSync(file);
    if (!real.startsWith(realpathSync(project) + path.sep)) return sha256(`leads to ${real}`);
    return statSync(real).isDirectory() ? null : sha256(readBounded(file, { most: maxBytes }));
  } catch (error) {
    return error instanceof FileRefused ? `unreadable: ${error.message}` : null;
  }
};

export const createReferenceHash = (project: string): ((file: string) => string | null) =>
  cachedByFile((file) => hashOf(file, project));
