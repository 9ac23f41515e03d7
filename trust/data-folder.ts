import { createHash, randomBytes } from 'node:crypto';
import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readOwnFile } from '../files/own-file.ts';
import { stackFolder } from '../files/places.ts';
import { isTrustedByEnvironment } from './by-environment.ts';
import { readRecord, writeRecord } from './home.ts';

/** Of the folder `.everturn` that was made for a project here. What a clone brings cannot know the id. */
const DataRecord = z.object({
  root: z.string(),
  /** SHA-256 of the random id in the folder. */
  id: z.string(),
  /** SHA-256 of the token that was written; null before the first. */
  token: z.string().nullable(),
});

const idFile = (project: string): string => path.join(stackFolder(project), 'id');
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const realRoot = (project: string): string | null => {
  try {
    return realpathSync(stackFolder(project));
  } catch {
    return null;
  }
};

const recordOf = (project: string): z.infer<typeof DataRecord> | null => {
  const { data } = DataRecord.safeParse(readRecord(project, 'data'));
  if (!data || data.root !== realRoot(project)) return null;
  const own = readOwnFile(idFile(project));
  return 'text' in own && sha256(own.text) === data.id ? data : null;
};

/** Whether this user's Everturn made the folder `.everturn` of the project, on this machine and at this place. */
export const isOwnFolder = (project: string, source: NodeJS.ProcessEnv = process.env): boolean =>
  isTrustedByEnvironment(source) || recordOf(project) !== null;

/** Whether the folder is known by its record, whatever the environment says. */
export const hasRecord = (project: string): boolean => recordOf(project) !== null;

/** Makes the folder, which must be there, this user's own. */
export const ownFolder = (project: string): void => {
  const id = randomBytes(32).toString('base64url');
  rmSync(idFile(project), { force: true, recursive: true });
  writeFileSync(idFile(project), id, { mode: 0o600, flag: 'wx' });
  writeRecord(project, 'data', { root: realRoot(project), id: sha256(id), token: null });
};

/** Whether this is the token that we wrote for the project last. */
export const isOwnToken = (project: string, token: string): boolean => recordOf(project)?.token === sha256(token);

export const noteToken = (project: string, token: string): void => {
  const record = recordOf(project);
  if (record) writeRecord(project, 'data', { ...record, token: sha256(token) });
};
