import { type Brief, folderOf, labelled, listed, objectsIn, subjectOf } from './brief.ts';
import { claimsIn, judge, readPlaces } from './claims.ts';
import type { Evidence, Found } from './fill.ts';
import { search } from './inquiry.ts';
import { eyesIn, marksIn, patternFor } from './marks.ts';
import { counted, isPage, linesOf, rankLines, shorten } from './results.ts';
import { callOf, doneBy, type PlannedCall } from './task.ts';
import { filesNamedIn, searchWords, wordsIn } from './wording.ts';

/** A way to work: when the schema or the prompt asks for it, what it looks up first, and what it concludes. */
type Role = {
  fits(brief: Brief): boolean;
  calls?(brief: Brief): PlannedCall[];
  conclude(brief: Brief): Evidence;
};

/** Whether the schema has one of these properties, at any depth. */
const asksFor = ({ schema }: Brief, ...names: string[]): boolean =>
  names.some((name) => JSON.stringify(schema).includes(`"${name}":`));

/** Lines that share words with the question, of the pages or files that it names, or else of the folder. */
const findPassages: Role = {
  fits: () => true,
  calls: (brief) => {
    const urls = brief.question.match(/\bhttps?:\/\/[^\s"'<>`)\]]+/g)?.slice(0, 5) ?? [];
    const named = [
      ...urls.flatMap((url) => callOf(brief, 'web_fetch', { url })),
      ...filesNamedIn(subjectOf(brief)).flatMap((path) => callOf(brief, 'read_file', { path })),
    ];
    return named.length > 0 ? named : search(brief, searchWords(subjectOf(brief)), folderOf(brief));
  },
  conclude: (brief) => {
    const asked = searchWords(subjectOf(brief));
    const lines = doneBy(brief, 'web_fetch', 'read_file', 'search_files').flatMap(linesOf);
    const usable = lines.filter(({ text }) => text.trim().length >= 24);
    const found = rankLines(usable, asked, 12).map(({ path, line, text }): Found => {
      const note = `It has ${wordsIn(text, asked)
        .map((word) => `“${word}”`)
        .join(' and ')}.`;
      const quote = text.trim().slice(0, 240).trim();
      return { file: path, line: isPage(path) ? undefined : line, quote, title: shorten(text, 60), note };
    });
    const subject = shorten(subjectOf(brief), 80);
    return {
      found,
      summary: `${counted(found.length, 'line')} found for “${subject}”, by the words they share with it.`,
    };
  },
};

/** Searches for pairs of the words of a question, and for each word. */
const splitQuestion: Role = {
  fits: (brief) => asksFor(brief, 'queries', 'searches'),
  conclude: (brief) => {
    const [first = shorten(subjectOf(brief), 40), ...others] = searchWords(subjectOf(brief));
    const aspects = ['test', 'error', 'limit', 'example'].map((word) => `${first} ${word}`);
    const queries = [...others.map((word) => `${first} ${word}`), first, ...others, ...aspects];
    const found = [...new Set(queries)].map((title): Found => ({ title, note: title }));
    return { found, summary: 'The searches are words of the question, paired without understanding it.' };
  },
};

/** The folders of a folder, or the files of a change. */
const listPlaces: Role = {
  fits: (brief) => asksFor(brief, 'parts', 'added'),
  calls: (brief) =>
    asksFor(brief, 'added')
      ? callOf(brief, 'git_diff', { base: labelled(brief, 'base'), stat: true })
      : callOf(brief, 'list_files', { path: folderOf(brief) }),
  conclude: (brief) => {
    const rows = doneBy(brief, 'git_diff', 'list_files').flatMap(({ result }) => result.split('\n'));
    const found = rows.flatMap((row): Found[] => {
      const [, folder, files] = /^(.+)\/ \((\d+ files?)\)$/.exec(row) ?? [];
      if (folder !== undefined) return [{ file: folder, title: folder, note: `${files}.` }];
      const [, plus, minus, file] = /^(\d+|-)\t(\d+|-)\t(.+)$/.exec(row) ?? [];
      const [added, removed] = [Number(plus) || 0, Number(minus) || 0];
      return file === undefined ? [] : [{ file, title: file, note: `${added} lines added.`, added, removed }];
    });
    const whole = { file: folderOf(brief), title: folderOf(brief), note: 'It has no folders in it.' };
    const isWhole = found.length === 0 && asksFor(brief, 'parts');
    const [tool = 'No tool'] = brief.done.map((call) => call.tool);
    return { found: isWhole ? [whole] : found, summary: `${tool} names ${counted(found.length, 'place')}.` };
  },
};

const eyes = (brief: Brief): string[] => eyesIn(labelled(brief, 'eye', 'kind') ?? '');

/** Known marks in the files of the task, of the diff in it, or of its folder. */
const review: Role = {
  fits: (brief) => asksFor(brief, 'severity'),
  calls: (brief) => {
    const changed = [...brief.question.matchAll(/^\+\+\+ b\/(.+?)\t?$/gm)].map(([, file]) => file);
    const files = [...changed, ...listed(brief, 'files')].filter((file) => !/[*?[\]{},!\\]/.test(String(file)));
    const scope = files.length > 0 ? { path: '.', glob: `{${files.join(',')}}` } : { path: folderOf(brief) };
    return eyes(brief).flatMap((eye) => callOf(brief, 'search_files', { pattern: patternFor(eye), ...scope }));
  },
  conclude: (brief) => {
    const found = marksIn(doneBy(brief, 'search_files').flatMap(linesOf), eyes(brief));
    const summary = `I searched for known marks (${eyes(brief).join(', ')}), line by line, without understanding the code: ${counted(found.length, 'finding')}.`;
    return { found, summary };
  },
};

const checkClaims: Role = {
  fits: (brief) => claimsIn(brief).length > 0 && asksFor(brief, 'holds', 'real', 'valid', 'true', 'confirmed'),
  calls: readPlaces,
  conclude: (brief) => {
    const found = claimsIn(brief).map((claim) => judge(brief, claim));
    const good = found.filter(({ holds }) => holds).length;
    const summary = `I compared ${counted(found.length, 'claim')} with the place that is named: ${good} hold, ${found.length - good} do not.`;
    return { found, summary };
  },
};

/** Hands on the quotations of the prompt, each with its place, and adds nothing. */
const digest: Role = {
  fits: (brief) => claimsIn(brief).length > 0,
  conclude: (brief) => {
    const found = claimsIn(brief);
    const summary = `I do not reason, so this is not an answer: it is ${counted(found.length, 'quotation')}, picked by the words they share with the question. Configure a model in everturn.yaml for conclusions.`;
    return { found, summary };
  },
};

/** A checklist is left open; objections and gaps are not raised. */
const judgeNothing: Role = {
  fits: (brief) => asksFor(brief, 'checks', 'objections', 'gaps'),
  conclude: (brief) => {
    const note = 'This takes judgement, which the offline model does not have.';
    const points = objectsIn(brief).filter(({ check }) => typeof check === 'string');
    const found = points.map(({ number, check }) => ({
      title: String(check),
      note,
      holds: null,
      number: Number(number),
    }));
    return { found, summary: `I judge none of it. ${note}` };
  },
};

const roles = [judgeNothing, listPlaces, review, splitQuestion, checkClaims, digest];

export const roleOf = (brief: Brief): Role => roles.find((role) => role.fits(brief)) ?? findPassages;
