import type { Found } from './fill.ts';
import type { Line } from './results.ts';

/** Patterns in one line that are worth a second look, the most severe first. JavaScript and ripgrep read them alike. */
const marks: readonly (Pick<Found, 'title' | 'severity'> & { eye: string; pattern: RegExp })[] = [
  {
    eye: 'security',
    severity: 'critical',
    title: 'SQL is built from strings',
    pattern: /["'`](SELECT|INSERT INTO|UPDATE|DELETE FROM) .*(\$\{|["'`] *\+|%s)/,
  },
  { eye: 'security', severity: 'critical', title: 'Code is made from text', pattern: /\b(eval\(|new Function\()/ },
  {
    eye: 'correctness',
    severity: 'high',
    title: 'An error is swallowed',
    pattern: /catch *(\([^)]*\))? *\{ *\}|\.catch\( *\(\w*\) *=> *\{ *\} *\)|except[^:]*: *pass/,
  },
  { eye: 'tests', severity: 'high', title: 'Only this test runs', pattern: /\b(it|test|describe)\.only\(|\bfit\(/ },
  { eye: 'concurrency', severity: 'medium', title: 'forEach does not wait', pattern: /\.forEach\( *async\b/ },
  { eye: 'simplicity', severity: 'low', title: 'A type is not checked', pattern: /(:|\bas) any\b/ },
];

const source = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|c|cc|cpp|h|swift|sh|sql|vue|svelte)$/;

/** The kinds of marks that a text names; all of them when it names none. */
export const eyesIn = (text: string): string[] => {
  const all = [...new Set(marks.map(({ eye }) => eye))];
  const named = all.filter((eye) => text.toLowerCase().includes(eye));
  return named.length > 0 ? named : all;
};

export const patternFor = (eye: string): string =>
  marks.flatMap((one) => (one.eye === eye ? [`(?:${one.pattern.source})`] : [])).join('|');

export const marksIn = (lines: readonly Line[], eyes: readonly string[]): Found[] =>
  marks
    .filter(({ eye }) => eyes.includes(eye))
    .flatMap(({ eye, severity, title, pattern }) =>
      lines
        .filter(({ path, text }) => source.test(path) && pattern.test(text))
        .map(({ path: file, line, text }) => {
          const note = `The line has the known mark of a problem of ${eye}.`;
          return { file, line, quote: text.trim().slice(0, 240).trim(), title, note, severity };
        }),
    );
