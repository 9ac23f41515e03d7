import { z } from 'zod';

const kilo = 1000;

/** Postgres stores neither NUL nor half a surrogate pair. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** `12 bytes`, `3.4 kB`, `5.0 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes === 1) return '1 byte';
  if (bytes < kilo) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / kilo;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= kilo;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
};

/** A value of the model's in a message: quoted, and short. */
export const quote = (value: string, longest = 200): string =>
  JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);

/** No path, pattern or argument of the system can hold a NUL byte. */
export const noNul = z.string().refine((text) => !text.includes('\0'), 'expected text without NUL bytes');
