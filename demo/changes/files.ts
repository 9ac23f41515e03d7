import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The files of a round: the agent doubles a word in four of them, so that a change applied twice shows, and makes one. */
export const originals = {
  'windows.txt': { content: 'first\r\nword\r\nlast\r\n', mode: 0o640 },
  'run.sh': { content: '#!/bin/sh\necho word\n', mode: 0o755 },
  'rejected.txt': { content: 'word\n', mode: 0o644 },
  'conflict.txt': { content: 'word\n', mode: 0o600 },
} as const;
export type Name = keyof typeof originals;

export const names = Object.keys(originals) as Name[];
export const made = 'made/by/agent.txt';
export const ofSomebody = 'somebody wrote this meanwhile\n';

export const doubled = (content: string): string => content.replace('word', 'word word');

export const writeOriginals = async (folder: string): Promise<void> => {
  for (const name of names) {
    await writeFile(path.join(folder, name), originals[name].content);
    await chmod(path.join(folder, name), originals[name].mode);
  }
};

export type Found = { content: string; mode: number } | null;

export const look = async (folder: string, name: string): Promise<Found> => {
  try {
    const file = path.join(folder, name);
    return { content: await readFile(file, 'utf8'), mode: (await stat(file)).mode & 0o777 };
  } catch {
    return null;
  }
};

export const isFile = (found: Found, content: string, mode: number): boolean =>
  found?.content === content && found.mode === mode;
