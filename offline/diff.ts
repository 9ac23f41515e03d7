import type { Line } from './results.ts';

/** The lines that unified diffs in the text add, with their places in the new file. */
export const addedLines = (text: string): Line[] => {
  const added: Line[] = [];
  let [path, line, oldLeft, newLeft] = ['', 0, 0, 0];
  for (const row of text.split('\n')) {
    if (oldLeft <= 0 && newLeft <= 0) {
      path = /^\+\+\+ (?:"?b\/)?(.+?)"?\t?$/.exec(row)?.[1] ?? path;
      const [, was = '1', start, now = '1'] = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row) ?? [];
      if (start !== undefined) [oldLeft, newLeft, line] = [Number(was), Number(now), Number(start)];
      continue;
    }
    if (row.startsWith('+')) added.push({ path, line, text: row.slice(1).replace(/\r$/, '') });
    if (!row.startsWith('+') && !row.startsWith('\\')) oldLeft -= 1;
    if (!row.startsWith('-') && !row.startsWith('\\')) {
      newLeft -= 1;
      line += 1;
    }
  }
  return added;
};
