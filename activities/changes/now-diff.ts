import { shown } from './draft.ts';
import type { Seen } from './look.ts';

const maxCharacters = 4000;

/** What someone has changed since, for a message. */
export const nowDiff = (path: string, base: Buffer | null, seen: Seen | null): string => {
  if (base === null || seen === null || seen.bytes.equals(base)) return '';
  const { diff } = shown({ kind: 'edit', path, from: null, before: base, after: seen.bytes });
  const text = diff.length > maxCharacters ? `${diff.slice(0, maxCharacters)}…\n` : diff;
  return `. What changed since:\n${text.trimEnd()}`;
};
