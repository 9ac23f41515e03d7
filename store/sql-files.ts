import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export type SqlFile = { name: string; sql: string; sha256: string };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The SQL files of a folder, in the order of their names. */
export const readSqlFiles = async (folder: URL): Promise<SqlFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, sha256: sha256(sql) };
    }),
  );
};

/** All that this release has. */
export const readMigrations = (): Promise<SqlFile[]> => readSqlFiles(new URL('./migrations/', import.meta.url));
