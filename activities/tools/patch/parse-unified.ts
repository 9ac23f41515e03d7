import { failed } from '../failed.ts';
import { quote } from '../text.ts';
import { emptyHunk, type FilePatch, type PatchHunk } from './file-patch.ts';

const escapes: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** As git quotes names: the octal numbers are bytes of UTF-8. */
const unquoted = (name: string): string => {
  if (!/^".*"$/s.test(name)) return name;
  const binary = name
    .slice(1, -1)
    .replaceAll(/\P{ASCII}+/gu, (text) => Buffer.from(text).toString('latin1'))
    .replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
  return Buffer.from(binary, 'latin1').toString('utf8');
};

/** Null for /dev/null. What follows a tab is a time. */
const nameOf = (text: string): string | null => {
  const name = unquoted(text.startsWith('"') ? text.trimEnd() : (text.split('\t', 1)[0] ?? '').trimEnd());
  return name === '/dev/null' ? null : name;
};

const stripped = (name: string | null, prefix: 'a/' | 'b/'): string | null =>
  name?.startsWith(prefix) ? name.slice(2) : name;

type Head = {
  old: string | null | undefined;
  fresh: string | null | undefined;
  from: string | undefined;
  to: string | undefined;
  mode: string | undefined;
  isGit: boolean;
  hunks: PatchHunk[];
};

const emptyHead = (isGit: boolean): Head => ({
  old: undefined,
  fresh: undefined,
  from: undefined,
  to: undefined,
  mode: undefined,
  isGit,
  hunks: [],
});

const executableOf = (mode: string | undefined, path: string): boolean | null => {
  if (mode === undefined) return null;
  if (mode === '100755' || mode === '100644') return mode === '100755';
  throw failed(`it makes ${quote(path)} a file of mode ${mode}: only regular files (100644, 100755) can be patched`);
};

const toFile = (head: Head): FilePatch => {
  const { old: oldName, fresh: freshName, from, to, mode, isGit, hunks } = head;
  const bothPrefixed =
    (oldName === null || oldName?.startsWith('a/')) && (freshName === null || freshName?.startsWith('b/'));
  const strips = isGit || bothPrefixed === true;
  const old = from ?? (strips ? stripped(oldName ?? null, 'a/') : (oldName ?? null));
  const fresh = to ?? (strips ? stripped(freshName ?? null, 'b/') : (freshName ?? null));
  const path = fresh ?? old;
  if (path === null) throw failed('a part of the patch names no file; it needs "--- a/path" and "+++ b/path" lines');
  const isExecutable = executableOf(mode, path);
  if (fresh === null) return { kind: 'delete', path, from: null, hunks, isExecutable };
  if (old === null) return { kind: 'create', path, from: null, hunks, isExecutable };
  return old === fresh
    ? { kind: 'edit', path, from: null, hunks, isExecutable }
    : { kind: 'rename', path, from: old, hunks, isExecutable };
};

/** Both names of a "diff --git" line, which alone tells them where a file is empty or only its mode changes. */
const gitNames = (line: string): { old: string; fresh: string } | null => {
  const quoted = /^diff --git ("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(line);
  if (quoted?.[1] !== undefined && quoted[2] !== undefined)
    return { old: unquoted(quoted[1]), fresh: unquoted(quoted[2]) };
  // Names with spaces are the same on both sides, but for renames, which name them apart.
  const rest = line.slice('diff --git '.length);
  const half = (rest.length - 1) / 2;
  const [old, fresh] = [rest.slice(0, half), rest.slice(half + 1)];
  return old.slice(2) === fresh.slice(2) ? { old, fresh } : null;
};

type Counted = { hunk: PatchHunk; old: number; fresh: number };

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Models leave the numbers out, and name a line above the hunk instead, or none. */
const openHunk = (line: string): Counted => {
  const found = hunkHead.exec(line);
  if (!found) {
    const above = line.slice(2).trim().replace(/@@$/, '').trim();
    const hunk = { ...emptyHunk(null), above: /^\.*$/.test(above) || above.startsWith('-') ? [] : [above] };
    return { hunk, old: Number.POSITIVE_INFINITY, fresh: Number.POSITIVE_INFINITY };
  }
  const [old, fresh] = [Number(found[2] ?? 1), Number(found[4] ?? 1)];
  // A range without lines names the line before it.
  return { hunk: emptyHunk(Number(found[1]) + (old === 0 ? 1 : 0)), old, fresh };
};

/** By line: whether it is blank and nothing but blank lines is between it and the next part of the patch, or its end. */
const blanksBetween = (lines: readonly string[]): boolean[] => {
  let isBefore = true;
  return lines
    .map((line, index) => {
      const isFile = line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ') === true;
      return { isBlank: line === '', isHead: isFile || /^(diff --git |@@)/.test(line) };
    })
    .toReversed()
    .map(({ isBlank, isHead }) => {
      if (!isBlank) isBefore = isHead;
      return isBlank && isBefore;
    })
    .toReversed();
};

/** Unified diffs as git and diff write them. A count of lines that does not fit is not minded: models count badly. */
export const parseUnified = (patch: string): FilePatch[] => {
  const lines = patch.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const isBetween = blanksBetween(lines);
  const heads: Head[] = [];
  let open: Counted | undefined;
  const current = (isGit = false): Head => {
    const last = heads.at(-1);
    if (last) return last;
    const head = emptyHead(isGit);
    heads.push(head);
    return head;
  };
  lines.forEach((line, index) => {
    const isFull = !open || (open.old <= 0 && open.fresh <= 0);
    // Without counts such a line may be of the file: context that can be spared.
    if (open && isBetween[index] && (isFull || open.old === Number.POSITIVE_INFINITY)) return;
    if (open && !(isFull && line.startsWith('--- ')) && !/^(diff --git |@@)/.test(line)) {
      if (line.startsWith('\\')) {
        open.hunk.endsBare = open.hunk.lines.at(-1)?.mark !== '-';
        return;
      }
      // The signature below a patch that git made for mail.
      if (isFull && /^-- ?$/.test(line) && /^\d+\.\d/.test(lines[index + 1] ?? '')) {
        open = undefined;
        return;
      }
      const mark = line === '' ? ' ' : line[0];
      if (mark === ' ' || mark === '-' || mark === '+') {
        // Lines that begin with "-- " and "++ " look like the head of a file, but for what follows it.
        const [next, afterNext] = [lines[index + 1], lines[index + 2]];
        const isNextFile = line.startsWith('--- ') && next?.startsWith('+++ ') && afterNext?.startsWith('@@');
        if (!isNextFile) {
          open.hunk.lines.push({ mark, text: line.slice(1) });
          if (mark !== '+') open.old -= 1;
          if (mark !== '-') open.fresh -= 1;
          return;
        }
      } else if (!isFull) throw failed(`line ${index + 1} of the patch, ${quote(line, 80)}, is not a line of a hunk`);
    }
    if (line.startsWith('diff --git ')) {
      open = undefined;
      const names = gitNames(line);
      heads.push({ ...emptyHead(true), ...(names ?? {}) });
    } else if (line.startsWith('--- ')) {
      const last = heads.at(-1);
      open = undefined;
      const head = last && last.hunks.length === 0 && (last.isGit || last.old === undefined) ? last : emptyHead(false);
      if (head !== last) heads.push(head);
      head.old = nameOf(line.slice(4));
    } else if (line.startsWith('+++ ')) current().fresh = nameOf(line.slice(4));
    else if (line.startsWith('rename from ')) current(true).from = unquoted(line.slice('rename from '.length));
    else if (line.startsWith('rename to ')) current(true).to = unquoted(line.slice('rename to '.length));
    else if (line.startsWith('copy from ')) throw failed('it copies a file; write the copy with write_file');
    else if (/^new file mode \d+$/.test(line)) {
      current(true).mode = line.slice(-6);
      current(true).old = null;
    } else if (/^new mode \d+$/.test(line)) current(true).mode = line.slice(-6);
    else if (/^deleted file mode \d+$/.test(line)) current(true).fresh = null;
    else if (line.startsWith('GIT binary patch') || line.startsWith('Binary files '))
      throw failed('it changes a binary file, which a patch of text cannot');
    else {
      if (!line.startsWith('@@')) return;
      open = openHunk(line);
      current().hunks.push(open.hunk);
    }
  });
  const files = heads.map(toFile);
  if (files.length === 0)
    throw failed('there is no file in the patch; it needs "--- a/path", "+++ b/path" and "@@" lines');
  return files;
};
