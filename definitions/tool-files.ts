import path from 'node:path';
import type { Origin } from '../contracts/flow.ts';
import { namesInSync } from '../files/names-in.ts';
import { homeFolder } from '../files/places.ts';
import { cachedByFile } from './file-cache.ts';
import { everythingTrusted, type Look } from './look.ts';
import { readText } from './read-text.ts';

export const toolsFolder = path.join('.everturn', 'tools');
const maxFiles = 200;

/** A file with a tool in TypeScript. `problem`: why it cannot be used. */
export type ToolFile = { file: string; origin: Origin; hash: string; problem: string | null };

const isTool = (name: string): boolean => /\.ts$/.test(name) && !/^\.|\.(test|spec|d)\.ts$/.test(name);

const namesIn = (folder: string): string[] => {
  try {
    return namesInSync(folder, 10_000).names.filter(isTool).toSorted().slice(0, maxFiles);
  } catch {
    return [];
  }
};

type Places = { project: string; home?: string; look?: () => Look };

/** The files with tools of a project and of its user, read again on each call. */
export const openToolFiles = ({
  project,
  home = homeFolder(),
  look = everythingTrusted,
}: Places): (() => ToolFile[]) => {
  const read = cachedByFile((file) => readText(file, project));
  const folders: [Origin, string][] = [
    ['project', path.join(project, toolsFolder)],
    ['personal', path.join(home, toolsFolder)],
  ];
  return () => {
    const seen = new Set<string>();
    return folders.flatMap(([origin, folder]) => {
      // The home folder may be the project.
      if (seen.has(path.resolve(folder))) return [];
      seen.add(path.resolve(folder));
      return namesIn(folder).map((name): ToolFile => {
        const file = path.join(folder, name);
        const text = read(file);
        if ('problem' in text) return { file, origin, hash: '', problem: text.problem };
        const isTrusted = origin !== 'project' || look().knows(file, text.hash);
        const problem = isTrusted ? null : 'it is not trusted: see what it is with "npx everturn trust"';
        return { file, origin, hash: text.hash, problem };
      });
    });
  };
};
