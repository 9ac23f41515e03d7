import { type Brief, folderOf } from '../brief.ts';
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

/** The marks in the files of a folder. */
export const scanFiles: Role = {
  fits: (brief, text) =>
    brief.tools.has('search_files') &&
    asksForFindings(brief) &&
    /\b(issues?|problems?|bugs?|defects?|smells?|flaws?|mistakes?|risks?|vulnerabilit\w+)\b/i.test(text),
  next: (brief) => {
    if (doneBy(brief, 'search_files').length > 0) return nothing;
    const calls = wanted(brief).flatMap((eye) =>
      planCall(brief, 'search_files', { pattern: patternFor(eye), path: folderOf(brief), glob }),
    );
    return { thinking: `I search ${folderOf(brief)} for known marks.`, calls };
  },
  conclude: (brief) => {
    const calls = doneBy(brief, 'search_files');
    const hits = calls.flatMap(hitsOf);
    const lines = [...new Map(hits.map((hit) => [`${hit.path}:${hit.line}`, hit])).values()];
    const found = toFindings(lines, eyesOf(brief));
    const failed = calls.find(({ result }) => result.startsWith('Cannot '));
    const cut = calls.some(({ result }) => result.includes('[More hits were left out'))
      ? ' There were more hits than the tool shows.'
      : '';
    return {
      about: `known marks in ${folderOf(brief)}`,
      found,
      queries: [],
      summary: says(
        `I searched ${folderOf(brief)} for known marks (${wanted(brief).join(', ')}), without understanding the code: ${counted(found.length, 'finding')}.${cut}${failed ? ` search_files said: ${failed.result.slice(0, 200)}` : ''}`,
      ),
    };
  },
};
