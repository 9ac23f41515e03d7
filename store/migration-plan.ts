import { readFile } from 'node:fs/promises';
import { EverturnError } from '../contracts/errors.ts';
import { type EarlierText, earlierTexts } from './earlier-texts.ts';
import type { SqlFile } from './sql-files.ts';

/** A migration that the database has: its name, and the hash of the text that ran. */
export type Applied = { name: string; sha256: string };

/** `sql` is run, then the row of the migration is written or deleted. */
export type Step = { name: string; sql: string; sha256: string | null };

const repairs = new URL('./repairs/', import.meta.url);

/** Throws `data_version` for a migration that this release does not know, or knows with another text. */
const recognize = ({ name, sha256 }: Applied, files: readonly SqlFile[]): EarlierText | null => {
  const file = files.find((one) => one.name === name);
  if (file?.sha256 === sha256) return null;
  const earlier = earlierTexts.find((text) => text.name === name && text.sha256 === sha256);
  if (earlier) return earlier;
  throw new EverturnError(
    'data_version',
    file
      ? `Cannot use this database: migration ${name} has changed since it ran (SHA-256 then ${sha256}, now ${file.sha256}). Nothing was changed. Start the release that wrote the data; if you edited the file, restore it and put the change into a new migration`
      : `Cannot use this database: it has migration ${name}, which this release does not know. Nothing was changed. Use the newer release that wrote the data, or another database`,
  );
};

const stepOf = async ({ name, repair }: EarlierText, files: readonly SqlFile[]): Promise<Step> => {
  if (repair === 'removed') return { name, sql: '', sha256: null };
  const sql = repair === null ? '' : await readFile(new URL(repair, repairs), 'utf8');
  return { name, sql, sha256: files.find((file) => file.name === name)?.sha256 ?? null };
};

/** What brings a database to this release, in the order of the names. Throws `data_version` before anything is changed. */
export const planMigrations = async (applied: readonly Applied[], files: readonly SqlFile[]): Promise<Step[]> => {
  const earlier = applied.map((one) => recognize(one, files)).filter((text) => text !== null);
  const repaired = await Promise.all(earlier.map((text) => stepOf(text, files)));
  const missing = files.filter(({ name }) => applied.every((one) => one.name !== name));
  return [...repaired, ...missing].sort((a, b) => (a.name < b.name ? -1 : 1));
};
