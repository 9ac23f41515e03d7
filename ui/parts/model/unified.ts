/** A hunk of a unified diff: the texts before and after it, and the numbers of their first lines in the file. */
export type DiffHunk = { head: string; from: string; to: string; starts: { old: number; new: number } };
export type FileDiff = { path: string; hunks: DiffHunk[]; added: number; removed: number; note: string | null };

const nameIn = (line: string): string | null => {
  const name = line.slice(4).replace(/\t.*$/, '');
  return name === '/dev/null' ? null : name.replace(/^"?[ab]\//, '').replace(/"$/, '');
};

/** The files of a unified diff. Lines that belong to none are its note. */
export const parseUnified = (diff: string): FileDiff[] => {
  const files: FileDiff[] = [];
  let from: string[] = [];
  let to: string[] = [];
  let before: string | null = null;
  let left = { old: 0, new: 0 };
  /** Where the last line went: `\ No newline at end of file` is about it. */
  let ends: string[][] = [];
  const last = (): FileDiff | undefined => files.at(-1);
  const close = (): void => {
    const hunk = last()?.hunks.at(-1);
    if (hunk) Object.assign(hunk, { from: from.join(''), to: to.join('') });
    [from, to, ends] = [[], [], []];
  };
  for (const line of diff.split('\n')) {
    const isInside = left.old > 0 || left.new > 0;
    const file = last();
    if (line[0] === '\\') {
      for (const lines of ends) lines.push((lines.pop() ?? '').replace(/\n$/, ''));
      ends = [];
      continue;
    }
    if (isInside && file) {
      const text = `${line.slice(1)}\n`;
      if (line[0] === '+') {
        ends = [to];
        file.added += 1;
        left = { ...left, new: left.new - 1 };
      } else if (line[0] === '-') {
        ends = [from];
        file.removed += 1;
        left = { ...left, old: left.old - 1 };
      } else {
        ends = [from, to];
        left = { old: left.old - 1, new: left.new - 1 };
      }
      for (const lines of ends) lines.push(text);
      continue;
    }
    const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (line.startsWith('--- ')) before = nameIn(line);
    else if (line.startsWith('+++ ')) {
      close();
      files.push({ path: nameIn(line) ?? before ?? '', hunks: [], added: 0, removed: 0, note: null });
    } else if (range && file) {
      close();
      const starts = { old: Number(range[1]), new: Number(range[3]) };
      file.hunks.push({ head: range[0], from: '', to: '', starts });
      left = { old: Number(range[2] ?? 1), new: Number(range[4] ?? 1) };
    } else if (file && line !== '' && !/^(?:diff |index |rename |similarity )/.test(line)) {
      file.note = line;
    }
  }
  close();
  return files;
};
