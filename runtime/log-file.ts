// biome-ignore lint/style/noRestrictedImports: looks at what it has opened.
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { refusalOfOpen } from '../files/regular.ts';

/** The end of a log file, for an error message; an empty string when it cannot be read. */
export const lastLines = (file: string, count: number): string => {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (refusalOfOpen(handle) !== null) return '';
      const { size } = fstatSync(handle);
      const buffer = Buffer.alloc(Math.min(size, 16_384));
      readSync(handle, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-count).map(shorten).join('\n');
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
};

/** Of a line that says one thing in many words. */
const maxLineLength = 600;
const shorten = (line: string): string => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line);

const rotateAboveBytes = 5_000_000;

/** Puts a log that has grown large aside as `<file>.1`, over the one before. Called before its writer starts. */
export const rotate = (file: string, aboveBytes = rotateAboveBytes): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > aboveBytes) renameSync(file, `${file}.1`);
};
