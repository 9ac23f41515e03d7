/** One line of a hunk: kept, removed or added, without its end. */
export type PatchLine = { mark: ' ' | '-' | '+'; text: string };

export type PatchHunk = {
  /** The line that it says to begin at, from 1; null where it says none. */
  at: number | null;
  /** Lines that come before it, one after another, with whatever between them and around them. */
  above: string[];
  lines: PatchLine[];
  /** Whether the last line of the new text has no line end; null where the patch does not say. */
  endsBare: boolean | null;
  /** It belongs at the end of the file. */
  isAtEnd: boolean;
};

/** What a patch says about one file. */
export type FilePatch = {
  kind: 'create' | 'edit' | 'delete' | 'rename';
  path: string;
  from: string | null;
  hunks: PatchHunk[];
  /** Of the file, where the patch says one. */
  isExecutable: boolean | null;
};

export const emptyHunk = (at: number | null): PatchHunk => ({
  at,
  above: [],
  lines: [],
  endsBare: null,
  isAtEnd: false,
});
