import { type Brief, folderOf, labelled } from '../brief.ts';
import { jsonIn } from '../claims.ts';
import { planCall } from '../plan-call.ts';
import { hitsOf } from '../results.ts';
import { doneBy } from '../task.ts';
import { asksForFindings, eyesOf, toFindings } from './findings.ts';
import { counted, nothing, type Role, says } from './role.ts';
import { smells } from './smells.ts';

const glob = '*.{ts,tsx,js,jsx,mjs,cjs,py,rb,go,rs,java,kt,cs,php,c,cc,cpp,h,swift,sh,sql,vue,svelte}';

const patternFor = (eye: string): string =>
  smells
    .filter((smell) => smell.eye === eye)
    .map(({ pattern }) => `(?:${pattern.source})`)
    .join('|');

const wanted = (brief: Brief): string[] => [...eyesOf(brief)];

/** A JSON list of texts behind a label. */
const listed = (brief: Brief, label: string): string[] =>
  jsonIn(labelled(brief, label) ?? '')
    .flat()
    .filter((each) => typeof each === 'string');

const mostGlob = 900;

/** Globs for exactly these files: the tool takes no list. */
const globsFor = (files: readonly string[]): string[] => {
  const groups: string[][] = [];
  for (const file of files.filter((each) => !/[*?[\]{},!\\]/.test(each))) {
    const last = groups.at(-1);
    if (last && [...last, file].join(',').length < mostGlob) last.push(file);
    else groups.push([file]);
  }
  return groups.map((group) => (group.length === 1 ? group.join() : `{${group.join(',')}}`));
};

const scopesOf = (brief: Brief): { path: string; glob: string }[] => {
  const files = listed(brief, 'files');
  return files.length > 0
    ? globsFor(files).map((each) => ({ path: '.', glob: each }))
    : [{ path: folderOf(brief), glob }];
};

const whereIn = (brief: Brief): string => {
  const files = listed(brief, 'files');
  return files.length > 0 ? counted(files.length, 'file') : folderOf(brief);
};

/** The marks in the files of a folder, or in those that are listed; without those that are known. */
export const scanFiles: Role = {
  fits: (brief, text) =>
    brief.tools.has('search_files') &&
    asksForFindings(brief) &&
    /\b(issues?|problems?|bugs?|defects?|smells?|flaws?|mistakes?|risks?|vulnerabilit\w+)\b/i.test(text),
  next: (brief) => {
    if (doneBy(brief, 'search_files').length > 0) return nothing;
    const calls = wanted(brief).flatMap((eye) =>
      scopesOf(brief).flatMap((scope) => planCall(brief, 'search_files', { pattern: patternFor(eye), ...scope })),
    );
    return { thinking: `I search ${whereIn(brief)} for known marks.`, calls };
  },
  conclude: (brief) => {
    const calls = doneBy(brief, 'search_files');
    const hits = calls.flatMap(hitsOf);
    const known = new Set(listed(brief, 'known'));
    const lines = [...new Map(hits.map((hit) => [`${hit.path}:${hit.line}`, hit]))]
      .filter(([place]) => !known.has(place))
      .map(([, hit]) => hit);
    const found = toFindings(lines, eyesOf(brief));
    const failed = calls.find(({ result }) => result.startsWith('Cannot '));
    const cut = calls.some(({ result }) => result.includes('[More hits were left out'))
      ? ' There were more hits than the tool shows.'
      : '';
    return {
      about: `known marks in ${whereIn(brief)}`,
      found,
      queries: [],
      summary: says(
        `I searched ${whereIn(brief)} for known marks (${wanted(brief).join(', ')}), without understanding the code: ${counted(found.length, 'finding')}.${cut}${failed ? ` search_files said: ${failed.result.slice(0, 200)}` : ''}`,
      ),
    };
  },
};
