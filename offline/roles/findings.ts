import type { Brief } from '../brief.ts';
import { labelled } from '../brief.ts';
import type { Found } from '../result/evidence.ts';
import type { Line } from '../results.ts';
import { quoteOf } from './role.ts';
import { type Eye, eyesIn, isTest, smellsIn } from './smells.ts';

const mostOfOneMark = 4;

/** Whether the schema has a place for problems. */
export const asksForFindings = ({ asks }: Brief): boolean =>
  ['severity', 'finding', 'findings', 'issues', 'problems', 'title', 'priority'].some((name) => asks.has(name));

export const eyesOf = (brief: Brief): Set<Eye> =>
  eyesIn(labelled(brief, 'eye', 'eyes', 'kind', 'lens', 'perspective', 'focus', 'look for') ?? brief.question);

const isDeclared = (text: string): boolean => /\b(it|test)(\.each)?\(|\bdef test_/.test(text);
const expects = (text: string): boolean => /\bexpect|\bassert|\.should\b|\bfail\(/.test(text);

/** Tests among the lines that expect nothing before the next one begins; only where the lines follow each other. */
const emptyTests = (lines: readonly Line[]): Found[] =>
  lines.flatMap((start, index) => {
    if (!isTest(start.path) || !isDeclared(start.text) || expects(start.text)) return [];
    const rest = lines.slice(index + 1);
    const stop = rest.findIndex(
      ({ path, line, text }, at) => path !== start.path || line !== start.line + at + 1 || isDeclared(text),
    );
    const body = stop < 0 ? rest : rest.slice(0, stop);
    const indent = /^\s*/.exec(start.text)?.[0] ?? '';
    const isWhole = body.some(({ text }) => text.startsWith(`${indent}}`));
    if (!isWhole || body.some(({ text }) => expects(text))) return [];
    return [
      {
        file: start.path,
        line: start.line,
        quote: quoteOf(start.text),
        title: 'A test that expects nothing',
        note: 'It can fail only when something throws.',
        severity: 1,
        category: 'tests',
      },
    ];
  });

/** The marks in the lines, the gravest first, few of each kind. */
export const toFindings = (lines: readonly Line[], eyes: ReadonlySet<Eye>): Found[] => {
  const marked = lines.flatMap(({ path, line, text }) =>
    smellsIn(path, text, eyes).map(({ eye, severity, title, why }): Found => {
      return {
        file: path,
        line,
        quote: quoteOf(text),
        title,
        note: `${why[0]?.toUpperCase()}${why.slice(1)}.`,
        severity,
        category: eye,
      };
    }),
  );
  const all = [...marked, ...(eyes.has('tests') ? emptyTests(lines) : [])];
  const seen = new Map<string, number>();
  return all
    .toSorted((a, b) => (b.severity ?? 0) - (a.severity ?? 0))
    .filter(({ title }) => {
      seen.set(title, (seen.get(title) ?? 0) + 1);
      return (seen.get(title) ?? 0) <= mostOfOneMark;
    });
};
