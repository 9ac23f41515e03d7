import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readOwnFile } from '../../files/own-file.ts';
import { isOwnToken, noteToken } from '../../trust/data-folder.ts';
import type { Folders } from './folders.ts';

/** The token that we wrote, or why the file does not hold it. */
const judge = ({ project, token: file }: Folders): { token: string } | { absent: true } | { refused: string } => {
  const own = readOwnFile(file);
  if (!('text' in own)) return own;
  const token = own.text.trim();
  return isOwnToken(project, token) ? { token } : { refused: 'it is not the one that was written here' };
};

/** Null before the first start, and for a file that is not the one we wrote. */
export const readToken = (folders: Folders): string | null => {
  const found = judge(folders);
  return 'token' in found ? found.token : null;
};

/** The bearer token of the API: made at the first start, readable by this user only. `say` is called with the reason if it is replaced. */
export const ensureToken = (folders: Folders, say: (words: string) => void): string => {
  const found = judge(folders);
  if ('token' in found) return found.token;
  if ('refused' in found) say(`.everturn/token is replaced: ${found.refused}`);
  const token = randomBytes(32).toString('base64url');
  const unfinished = `${folders.token}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(unfinished, `${token}\n`, { mode: 0o600, flag: 'wx' });
  rmSync(folders.token, { recursive: true, force: true });
  renameSync(unfinished, folders.token);
  noteToken(folders.project, token);
  return token;
};
