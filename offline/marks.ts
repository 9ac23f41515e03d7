import type { Found } from './fill.ts';
import type { Line } from './results.ts';

/** A mark in one line that is worth a second look. JavaScript and ripgrep read its pattern alike. */
type Mark = { eye: string; severity: number; title: string; why: string; pattern: RegExp };

const mark = (eye: string, severity: number, title: string, why: string, pattern: RegExp): Mark => {
  return { eye, severity, title, why, pattern };
};

// biome-ignore format: a table
const marks: readonly Mark[] = [
  mark('security', 3, 'SQL is built from strings', 'A value in the text of a statement can change what it does; pass it as a parameter.',
    /["'`](SELECT|INSERT INTO|UPDATE|DELETE FROM) .*(\$\{|["'`] *\+|%s)/),
  mark('security', 3, 'Code is made from text', 'Whoever supplies the text runs code.', /\b(eval\(|new Function\()/),
  mark('security', 2, 'A shell reads the command', 'A value in it can add commands; pass arguments as a list.',
    /shell: *(true|True)|shell=True|\bexecSync\([`"']|os\.system\(/),
  mark('correctness', 2, 'An error is swallowed', 'The failure stays unseen, and the work goes on as if it had succeeded.',
    /catch *(\([^)]*\))? *\{ *\}|\.catch\( *\(\w*\) *=> *\{ *\} *\)|except[^:]*: *pass/),
  mark('concurrency', 2, 'forEach does not wait for an async function', 'The work goes on in the background, and its errors are lost.',
    /\.forEach\( *async\b/),
  mark('concurrency', 1, 'Waits for a time, not for a condition', 'It is too long on one machine and too short on another.',
    /await (delay|sleep|setTimeout|wait)\( *[\d_]+|time\.sleep\(/),
  mark('simplicity', 0, 'A check of the code is switched off', 'The next reader cannot tell whether that is still needed.',
    /(eslint-disable|biome-ignore|noqa|@ts-(expect-error|ignore|nocheck))/),
  mark('tests', 3, 'Only this test runs', 'All others in the file are skipped.', /\b(it|test|describe)\.only\(|\bfit\(/),
  mark('tests', 1, 'A test is left out', 'It proves nothing until it is turned on again.', /\b(it|test|describe)\.(skip|todo)\(/),
];

const source = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|c|cc|cpp|h|swift|sh|sql|vue|svelte)$/;
const test = /(^|[/._-])(tests?|spec|__tests__)([/._-]|$)/i;
const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;

/** The kinds of marks that a text names; all of them when it names none. */
export const eyesIn = (text: string): string[] => {
  const all = [...new Set(marks.map(({ eye }) => eye))];
  const named = all.filter((eye) => text.toLowerCase().includes(eye));
  return named.length > 0 ? named : all;
};

export const patternFor = (eye: string): string =>
  marks.flatMap((one) => (one.eye === eye ? [`(?:${one.pattern.source})`] : [])).join('|');

/** The gravest first. */
export const marksIn = (lines: readonly Line[], eyes: readonly string[]): Found[] =>
  lines
    .filter(({ path }) => source.test(path))
    .flatMap(({ path: file, line, text }) =>
      marks
        .filter(({ eye, pattern }) => eyes.includes(eye) && pattern.test(text))
        .map(({ eye: category, severity, title, why: note }): Found => {
          return { file, line, quote: text.trim().slice(0, 240).trim(), title, note, severity, category };
        }),
    )
    .toSorted((a, b) => (b.severity ?? 0) - (a.severity ?? 0));

/** Why the mark does not count in that line; null when it does, or the line has none. */
export const excuseFor = ({ path, text }: Line): string | null => {
  const found = marks.find(({ pattern }) => pattern.test(text));
  if (!found || found.eye === 'simplicity') return null;
  if (/^\s*(\/\/|\/?\*|#|--|<!--)/.test(text)) return 'it is in a comment';
  if (found.eye !== 'tests' && test.test(path)) return 'it is in a test';
  const isQuoted = !/["'`]/.test(found.pattern.source) && !found.pattern.test(text.replaceAll(strings, '""'));
  return isQuoted ? 'it is in a string' : null;
};
