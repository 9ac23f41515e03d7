import { failed } from '../failed.ts';
import { quote } from '../text.ts';
import { emptyHunk, type FilePatch, type PatchHunk, type PatchLine } from './file-patch.ts';

const begin = '*** Begin Patch';
const end = '*** End Patch';

export const isEnvelope = (patch: string): boolean => patch.trimStart().startsWith(begin);

const heads = {
  '*** Add File: ': 'create',
  '*** Update File: ': 'edit',
  '*** Delete File: ': 'delete',
} as const;

const headOf = (line: string): Pick<FilePatch, 'kind' | 'path'> | undefined => {
  for (const [head, kind] of Object.entries(heads)) {
    if (line.startsWith(head)) return { kind, path: line.slice(head.length).trim() };
  }
  return undefined;
};

const lineOf = (line: string, number: number): PatchLine => {
  // Editors and models drop the space of an empty line.
  if (line === '') return { mark: ' ', text: '' };
  const mark = line[0];
  if (mark === ' ' || mark === '-' || mark === '+') return { mark, text: line.slice(1) };
  throw failed(`line ${number} of the patch, ${quote(line, 80)}, begins with none of " ", "-", "+", "@@" and "***"`);
};

/**
 * Patches between "*** Begin Patch" and "*** End Patch". What follows "@@" on its line is a line of the file above the
 * hunk.
 */
export const parseEnvelope = (patch: string): FilePatch[] => {
  const lines = patch.trim().split(/\r?\n/);
  if (lines.at(-1)?.trim() !== end) throw failed(`the patch does not end with "${end}"; it may be cut off`);
  const files: FilePatch[] = [];
  let hunk: PatchHunk | undefined;
  lines.slice(1, -1).forEach((line, index) => {
    const number = index + 2;
    const head = headOf(line);
    const file = files.at(-1);
    if (head) {
      hunk = undefined;
      files.push({ ...head, from: null, hunks: [], isExecutable: null });
    } else if (file && line.startsWith('*** Move to: ')) {
      file.from = file.path;
      file.path = line.slice('*** Move to: '.length).trim();
      file.kind = 'rename';
    } else if (line.startsWith('*** End of File')) {
      if (hunk) hunk.isAtEnd = true;
      hunk = undefined;
    } else if (!file)
      throw failed(`line ${number} of the patch, ${quote(line, 80)}, comes before the first "*** … File:" line`);
    else if (line.startsWith('@@')) {
      // Several such lines in a row lead to one place: a class, then a function in it.
      if (!hunk || hunk.lines.length > 0) {
        hunk = emptyHunk(null);
        file.hunks.push(hunk);
      }
      const above = line.slice(2).trim();
      if (above !== '' && !above.startsWith('-')) hunk.above.push(above);
    } else {
      if (!hunk) {
        hunk = emptyHunk(null);
        file.hunks.push(hunk);
      }
      hunk.lines.push(lineOf(line, number));
    }
  });
  return files;
};
