import { inexactNumber } from '../../../contracts/exact-json.ts';
import { visible } from '../../../contracts/visible.ts';

/** What a tool call is about, read from its arguments for people. The exact text stays beside it. */
export type CallPreview =
  | { kind: 'edit'; path: string; before: string; after: string; all: boolean }
  | { kind: 'write'; path: string; content: string }
  | { kind: 'command'; command: string; folder: string | null; seconds: number | null }
  | { kind: 'access'; path: string; reason: string }
  | { kind: 'other' };

type Fields = Record<string, unknown>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A number that reading rounds would be shown as another one: then the text is shown. */
const fieldsOf = (text: string): Fields | undefined => {
  const value = inexactNumber('', text) === null ? parse(text) : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
};

/** As one would type it in a shell: only words that need quotes have them. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const isString = (value: unknown): value is string => typeof value === 'string';

export const previewOf = (tool: string, text: string): CallPreview => {
  const { path, old_text, new_text, replace_all, content, argv, cwd, seconds, reason } = fieldsOf(text) ?? {};
  if (tool === 'edit_file' && isString(path) && isString(old_text) && isString(new_text)) {
    return { kind: 'edit', path, before: old_text, after: new_text, all: replace_all === true };
  }
  if (tool === 'write_file' && isString(path) && isString(content)) return { kind: 'write', path, content };
  if (tool === 'request_read_access' && isString(path))
    return { kind: 'access', path, reason: isString(reason) ? reason : '' };
  if (tool === 'run_command' && Array.isArray(argv) && argv.length > 0 && argv.every(isString)) {
    return {
      kind: 'command',
      command: argv.map(shellWord).join(' '),
      folder: isString(cwd) && cwd !== '.' ? cwd : null,
      seconds: typeof seconds === 'number' ? seconds : null,
    };
  }
  return { kind: 'other' };
};

const maxSummary = 160;
const clip = (text: string): string => {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line.length > maxSummary ? `${line.slice(0, maxSummary - 1)}…` : line;
};

/** One line that tells this call from the others: the path, the command, the pattern. */
export const summaryOf = (tool: string, text: string): string => {
  const preview = previewOf(tool, text);
  if (preview.kind === 'command') return clip(preview.command);
  if (preview.kind !== 'other') return clip(preview.path);
  const fields = fieldsOf(text);
  if (!fields) return clip(text.slice(0, 1000));
  const values = Object.entries(fields).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === '') return [];
    const shown = typeof value === 'string' ? value.slice(0, 200) : (JSON.stringify(value) ?? '').slice(0, 200);
    return [
      typeof value === 'string' && (name === 'path' || name === 'pattern' || name === 'query')
        ? shown
        : `${name}: ${shown}`,
    ];
  });
  return clip(values.join('  '));
};

export const isMalformed = (text: string): boolean => parse(text) === undefined;
