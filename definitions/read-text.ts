import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

const maxBytes = 1024 * 1024;

/** The text of a file without its byte order mark, or why it cannot be used. */
export type ReadText = { source: string; hash: string } | { problem: string };

export const readText = (file: string): ReadText => {
  try {
    const { size } = statSync(file);
    if (size > maxBytes) return { problem: `the file has ${size} bytes: expected at most ${maxBytes}` };
    return decode(readFileSync(file));
  } catch (error) {
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
