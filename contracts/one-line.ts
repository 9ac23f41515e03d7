import { z } from 'zod';

/** What breaks a line or moves a cursor. */
const breaking = /[\p{Cc}\u2028\u2029]/gu;

/** A name or a title: it is in lists, logs and menus, between others. */
export const OneLine = z
  .string()
  .refine((text) => text.search(breaking) < 0, 'must be one line, without line breaks and control characters');

const short: Partial<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A name that others chose, such as a file's, in one line: what breaks it is written out, such as `\n`. */
export const inOneLine = (name: string): string =>
  name.replaceAll(breaking, (one) => short[one] ?? `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
