export type DiffLine = { path: string; line: number; text: string };

const header =
  /^(diff --git |index [\da-f]+\.\.|--- |\+\+\+ |@@ -\d|(new|deleted) file mode |(old|new) mode |(similarity|dissimilarity) index |(rename|copy) (from|to) |Binary files |\\ No newline)/;

/** The lines that unified diffs in the text add, with their places in the new file, and the rows that belong to no diff. */
const readDiff = (text: string): { added: DiffLine[]; outside: string[] } => {
  const added: DiffLine[] = [];
  const outside: string[] = [];
  let path: string | null = null;
  let line = 0;
  let [oldLeft, newLeft] = [0, 0];
  for (const row of text.split('\n')) {
    if (oldLeft <= 0 && newLeft <= 0) {
      const file = /^\+\+\+ (?:"?b\/)?(.+?)"?\t?$/.exec(row)?.[1];
      if (file !== undefined) path = file === '/dev/null' ? null : file;
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
      if (!hunk && !header.test(row)) outside.push(row);
      if (!hunk) continue;
      [oldLeft, newLeft, line] = [Number(hunk[1] ?? 1), Number(hunk[3] ?? 1), Number(hunk[2])];
      continue;
    }
    if (row.startsWith('+')) {
      if (path !== null) added.push({ path, line, text: row.slice(1).replace(/\r$/, '') });
      newLeft -= 1;
      line += 1;
    } else if (row.startsWith('-')) oldLeft -= 1;
    else if (row.startsWith(' ') || row === '') {
      oldLeft -= 1;
      newLeft -= 1;
      line += 1;
    } else if (!row.startsWith('\\')) {
      outside.push(row);
      [oldLeft, newLeft] = [0, 0];
    }
  }
  return { added, outside };
};

/** The lines that a unified diff adds, with their places in the new file; notes of the tool are left out. */
export const addedLines = (diff: string): DiffLine[] => readDiff(diff).added;

export const hasDiff = (text: string): boolean => /^(diff --git |@@ -\d+(,\d+)? \+\d)/m.test(text);

/** What a text says beside the diffs in it. */
export const withoutDiffs = (text: string): string => readDiff(text).outside.join('\n');

export type Changed = { path: string; added: number; removed: number };

/** `a/{b => c}/d` and `a => b`, as a stat writes a renamed file, to its new path. */
const newPath = (shown: string): string =>
  shown
    .replace(/\{.*? => (.*?)\}/, '$1')
    .replace(/^.* => /, '')
    .replaceAll('//', '/')
    .trim();

/** The files of a `--stat`, a `--numstat`, a `--name-status` or a whole diff. */
export const changedFiles = (text: string): Changed[] => {
  const files = text.split('\n').flatMap((row): Changed[] => {
    const [, added, removed, counted] = /^(\d+|-)\t(\d+|-)\t(.+)$/.exec(row) ?? [];
    if (counted !== undefined)
      return [{ path: newPath(counted), added: Number(added) || 0, removed: Number(removed) || 0 }];
    const [, shown, total, marks = ''] = /^ ?(\S.*?)\s+\|\s+(?:(\d+)(?: ([+-]*))?|Bin .*)$/.exec(row) ?? [];
    if (shown !== undefined) {
      const share = marks.length > 0 ? marks.replaceAll('-', '').length / marks.length : 1;
      const plus = Math.round(Number(total ?? 0) * share);
      return [{ path: newPath(shown), added: plus, removed: Number(total ?? 0) - plus }];
    }
    const [, status, named] = /^([AMRCTD])\d*\t(?:.*\t)?(.+)$/.exec(row) ?? [];
    return named === undefined || status === 'D' ? [] : [{ path: named, added: 0, removed: 0 }];
  });
  if (files.length > 0) return files;
  const lines = addedLines(text);
  const paths = [...new Set(lines.map(({ path }) => path))];
  return paths.map((path) => ({ path, added: lines.filter((line) => line.path === path).length, removed: 0 }));
};
