import { type Brief, labelled } from '../brief.ts';
import { jsonIn } from '../claims.ts';
import { addedLines, changedFiles, type DiffLine } from '../diff.ts';
import { planCall } from '../plan-call.ts';
import type { Evidence } from '../result/evidence.ts';
import { type DoneCall, doneBy } from '../task.ts';
import { filesNamedIn } from '../wording.ts';
import { asksForFindings, eyesOf, toFindings } from './findings.ts';
import { counted, nothing, type Role, says, shorten } from './role.ts';

const mostCalls = 40;

const revision = /\b(?:HEAD|main|master)(?:[~^]\d*)+|\b[0-9a-f]{7,40}\b/;

const revisionsOf = (brief: Brief): { base?: string; head?: string } => {
  const clean = (text: string | undefined): string | undefined =>
    text?.split(/\s/)[0]?.replace(/^[`"']|[`"',.;]+$/g, '');
  const base = clean(labelled(brief, 'base', 'since', 'from')) ?? revision.exec(brief.question)?.[0];
  const head = clean(labelled(brief, 'head', 'to'));
  return { ...(base ? { base } : {}), ...(head ? { head } : {}) };
};

const pathsIn = (value: unknown): string[] => {
  if (Array.isArray(value))
    return value.flatMap((each) => (typeof each === 'string' ? filesNamedIn(each) : pathsIn(each)));
  if (typeof value !== 'object' || value === null) return [];
  const { file, path } = value as Record<string, unknown>;
  return [file ?? path].filter((each) => typeof each === 'string');
};

const filesOf = ({ question }: Brief): string[] => {
  const listed = jsonIn(question).flatMap(pathsIn);
  return [...new Set(listed.length > 0 ? listed : filesNamedIn(question))].slice(0, mostCalls);
};

const complaint = (calls: readonly DoneCall[]): string => {
  const failed = calls.find(({ result }) => result.startsWith('Cannot '));
  return failed ? ` git_diff said: ${shorten(failed.result, 300)}` : '';
};

const isCut = ({ result }: DoneCall): boolean => /^\[.*\b(left out|cut|more)\b/im.test(result);

const listChanges = (calls: readonly DoneCall[]): Evidence => {
  const files = new Map(calls.flatMap(({ result }) => changedFiles(result)).map((file) => [file.path, file]));
  const found = [...files.values()].map(({ path, added, removed }) => ({
    file: path,
    title: path,
    note: `${added} lines added, ${removed} removed.`,
    raw: { added, removed, insertions: added, deletions: removed, changes: added + removed },
  }));
  const cut = calls.some(isCut) ? ' The list was cut by the tool.' : '';
  return {
    about: 'changed files',
    found,
    queries: [],
    summary: says(`git_diff names ${counted(found.length, 'changed file')}.${cut}${complaint(calls)}`),
  };
};

/** The marks in added lines; `limits` says what of the changes was not read. */
export const reviewLines = (brief: Brief, lines: readonly DiffLine[], limits: string): Evidence => {
  const eyes = [...eyesOf(brief)];
  const found = toFindings(lines, new Set(eyes));
  const files = new Set(lines.map(({ path }) => path)).size;
  return {
    about: `${eyes.join(', ')} in ${counted(lines.length, 'added line')}`,
    found,
    queries: [],
    summary: says(
      `I looked at ${counted(lines.length, 'added line')} of ${counted(files, 'file')} for known marks (${eyes.join(', ')}), line by line, without understanding them: ${counted(found.length, 'finding')}.${limits}`,
    ),
  };
};

const review = (brief: Brief, calls: readonly DoneCall[]): Evidence => {
  const cut = calls.filter(isCut).length;
  const limits = cut > 0 ? ` ${counted(cut, 'diff')} came cut and was not read whole.` : '';
  const lines = calls.flatMap(({ result }) => addedLines(result));
  return reviewLines(brief, lines, `${limits}${complaint(calls)}`);
};

/** The changed files, or the marks in the lines that a diff adds. */
export const reviewDiff: Role = {
  fits: ({ tools }, text) =>
    tools.has('git_diff') && /\b(diffs?|changes|changed|commits?|patch|pull request)\b/i.test(text),
  next: (brief) => {
    if (doneBy(brief, 'git_diff').length > 0) return nothing;
    const revisions = revisionsOf(brief);
    if (!asksForFindings(brief)) {
      return {
        thinking: 'I ask git which files changed.',
        calls: planCall(brief, 'git_diff', { ...revisions, stat: true }),
      };
    }
    const paths = filesOf(brief);
    const calls = paths.flatMap((path) => planCall(brief, 'git_diff', { ...revisions, path }));
    return {
      thinking: 'I read what changed.',
      calls: calls.length > 0 ? calls : planCall(brief, 'git_diff', revisions),
    };
  },
  conclude: (brief) => {
    const calls = doneBy(brief, 'git_diff');
    return asksForFindings(brief) ? review(brief, calls) : listChanges(calls);
  },
};
