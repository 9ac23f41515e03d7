import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** The end of a log file, for an error message; an empty string when it cannot be read. */
export const lastLines = (file: string, count: number): string => {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle);
      const buffer = Buffer.alloc(Math.min(size, 16_384));
      readSync(handle, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
};

const rotateAboveBytes = 5_000_000;

/** Puts a log that has grown large aside as `<file>.1`, over the one before. Called before its writer starts. */
export const rotate = (file: string, aboveBytes = rotateAboveBytes): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > aboveBytes) renameSync(file, `${file}.1`);
};
