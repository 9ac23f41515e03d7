import { createHash } from 'node:crypto';
import path from 'node:path';
import { FileRefused, readBounded } from '../files/read-bounded.ts';

const most = 1024 * 1024;

/** The text of a file without its byte order mark, or why it cannot be used. */
export type ReadText = { source: string; hash: string } | { problem: string };

/** A file of the project must really be in it: a clone can bring links to anywhere. All others may be links. */
export const readText = (file: string, project: string): ReadText => {
  const isOfProject = path.resolve(file).startsWith(path.resolve(project) + path.sep);
  try {
    return decode(readBounded(file, { most, within: isOfProject ? project : undefined }));
  } catch (error) {
    if (error instanceof FileRefused) return { problem: error.message };
    return { problem: `cannot read the file: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const decode = (bytes: Buffer): ReadText => {
  try {
    const source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (source.trim() === '') return { problem: 'the file is empty' };
    return { source, hash: createHash('sha256').update(source).digest('hex') };
  } catch {
    return { problem: 'the file is not UTF-8 text' };
  }
};
