import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Null before the first start. */
export const readToken = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
};

/** The bearer token of the API: made at the first start, for the eyes of this user only. */
export const ensureToken = (file: string): string => {
  const present = readToken(file);
  if (present !== null) return present;
  const token = randomBytes(32).toString('base64url');
  writeFileSync(`${file}.unfinished`, `${token}\n`, { mode: 0o600 });
  renameSync(`${file}.unfinished`, file);
  return token;
};
