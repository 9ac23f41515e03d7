import { realpathSync } from 'node:fs';
import path from 'node:path';
import { readOwnFile } from '../files/own-file.ts';
import { stackFolder } from '../files/places.ts';
import { sha256 } from './data-folder.ts';

const placeOf = (project: string): string => {
  try {
    return realpathSync(project);
  } catch {
    return path.resolve(project);
  }
};

/**
 * Which project a folder is, the same for every process that has it: what EVERTURN_PROJECT_ID says, otherwise by the id that
 * `everturn up` keeps in the folder, otherwise by the folder's path.
 */
export const projectId = (project: string, told?: string): string => {
  if (told !== undefined) return told;
  const own = readOwnFile(path.join(stackFolder(project), 'id'));
  return sha256('text' in own ? own.text : placeOf(project)).slice(0, 16);
};
