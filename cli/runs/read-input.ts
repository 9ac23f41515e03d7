import { readFile } from 'node:fs/promises';
import { EverturnError } from '../../contracts/errors.ts';

const unfit = (where: string, why: string): EverturnError =>
  new EverturnError(
    'bad_request',
    `Cannot use the input ${where}: ${why}. Give a JSON object, such as --input '{"question":"…"}' or --input @file.json`,
  );

const readNamed = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unfit(`@${file}`, error instanceof Error ? error.message : String(error));
  }
};

/** JSON as it was typed, or from a file that `@` names. */
export const readInput = async (given: string): Promise<Record<string, unknown>> => {
  const file = given.startsWith('@') ? given.slice(1) : null;
  const where = file === null ? given.slice(0, 80) : `@${file}`;
  const text = file === null ? given : await readNamed(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unfit(where, error instanceof Error ? error.message : String(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(where, 'it is no object');
  return value as Record<string, unknown>;
};
