import { type Brief, folderOf, jsonIn, labelled, objectsIn, subjectOf } from './brief.ts';
import { claimsIn, judge, readPlaces } from './claims.ts';
import { addedLines } from './diff.ts';
import { type Evidence, type Found, placeOf, propertiesOf } from './fill.ts';
import { searchFor } from './inquiry.ts';
import { eyesIn, marksIn, patternFor } from './marks.ts';
import { counted, entriesOf, hitsOf, type Line, rankHits, readLines, shorten } from './results.ts';
import { type Call, callOf, doneBy, nothing, type Stage } from './task.ts';
import { filesNamedIn, searchWords, wordsIn } from './wording.ts';

/** A way to work that the properties of the schema and the prompt ask for. */
type Role = {
  fits(brief: Brief, asks: ReadonlySet<string>): boolean;
  next(brief: Brief): Stage;
  conclude(brief: Brief): Evidence;
};

const once = (brief: Brief, thinking: string, calls: readonly Call[]): Stage =>
  calls.some(({ tool }) => doneBy(brief, tool).length > 0) ? nothing : { thinking, calls: [...calls] };
const complaint = (brief: Brief): string => {
  const failed = brief.done.find(({ result }) => result.startsWith('Cannot '));
  return failed ? ` ${failed.tool} said: ${shorten(failed.result, 300)}` : '';
};
const judgement = 'This takes judgement, which the offline model does not have.';
const urlsIn = (text: string): string[] => text.match(/\bhttps?:\/\/[^\s"'<>`)\]]+/g)?.slice(0, 5) ?? [];

const words = (brief: Brief): string[] => searchWords(subjectOf(brief)).slice(0, 6);

/** Lines that share words with what is asked, of files and of pages that are named. */
const findPassages: Role = {
  fits: () => true,
  next: (brief) => {
    const urls = urlsIn(brief.question).flatMap((url) => callOf(brief, 'web_fetch', { url }));
    if (urls.length > 0) return once(brief, 'I fetch the page that is named.', urls);
    const reads = filesNamedIn(subjectOf(brief)).flatMap((path) => callOf(brief, 'read_file', { path }));
    if (reads.length > 0) return once(brief, 'I read the files that are named.', reads);
    return brief.tools.has('search_files') ? searchFor(brief, words(brief), 2, folderOf(brief)) : nothing;
  },
  conclude: (brief) => {
    const pages = doneBy(brief, 'web_fetch').flatMap(({ args, result }) =>
      result.split('\n').map((text, index): Line => ({ path: String(args.url), line: index + 1, text })),
    );
    const lines = [...doneBy(brief, 'search_files').flatMap(hitsOf), ...doneBy(brief, 'read_file').flatMap(readLines)];
    const asked = words(brief);
    const usable = [
      ...new Map([...lines, ...pages].map((line) => [`${line.path}:${line.line}`, line])).values(),
    ].filter(({ text }) => text.trim().length >= 24 && wordsIn(text, asked).length > 0);
    const found = rankHits(usable, asked, 12).map(({ path, line, text }): Found => {
      const shared = wordsIn(text, asked).map((word) => `“${word}”`);
      const isPage = /^https?:/.test(path);
      const quote = text
        .replace(/ … \[line cut: .*$/, '')
        .trim()
        .slice(0, 240)
        .trim();
      return {
        file: path,
        line: isPage ? undefined : line,
        quote,
        title: shorten(text, 60),
        note: `It has ${shared.join(' and ')}.`,
      };
    });
    const summary = `${counted(found.length, 'line')} found for “${shorten(subjectOf(brief), 80)}”, by the words they share with it.${complaint(brief)}`;
    return { found, queries: asked, summary };
  },
};

/** What to search for: pairs of the words of a question that the files have, the rarest first. */
const splitQuestion: Role = {
  fits: (_, asks) => asks.has('queries') || asks.has('searches'),
  next: (brief) =>
    once(
      brief,
      'I look how often each word stands in the files.',
      words(brief).flatMap((pattern) =>
        callOf(brief, 'search_files', { pattern, path: folderOf(brief), ignore_case: true }),
      ),
    ),
  conclude: (brief) => {
    const lines = doneBy(brief, 'search_files').flatMap(hitsOf);
    const count = (word: string): number => lines.filter(({ text }) => wordsIn(text, [word]).length > 0).length;
    const missing = words(brief).filter((word) => count(word) === 0);
    const present = words(brief)
      .filter((word) => count(word) > 0)
      .toSorted((a, b) => count(a) - count(b));
    const [first = shorten(subjectOf(brief), 40), ...others] = present.length > 0 ? present : words(brief);
    const aspects = ['test', 'error', 'limit', 'example'].map((word) => `${first} ${word}`);
    const queries = [...others.map((word) => `${first} ${word}`), first, ...others, ...aspects];
    const absent = missing.length > 0 ? ` No line has ${missing.map((word) => `“${word}”`).join(', ')}.` : '';
    const summary = `The searches are words of the question that the files have: counted, not understood.${absent}`;
    return { found: [], queries: [...new Set(queries)], summary };
  },
};

const listParts: Role = {
  fits: ({ tools }, asks) => asks.has('parts') && tools.has('list_files'),
  next: (brief) =>
    once(brief, 'I look at which folders there are.', callOf(brief, 'list_files', { path: folderOf(brief) })),
  conclude: (brief) => {
    const folder = folderOf(brief);
    const found = doneBy(brief, 'list_files')
      .flatMap(entriesOf)
      .flatMap((entry): Found[] => {
        const [, path, count] = /^(.+)\/ \((\d+) files?\)$/.exec(entry) ?? [];
        return path === undefined ? [] : [{ file: path, title: path, note: `${counted(Number(count), 'file')}.` }];
      });
    const whole: Found = { file: folder, title: folder, note: 'It has no folders in it.' };
    const summary = `${folder} has ${counted(found.length, 'folder')} with files.${complaint(brief)}`;
    return { found: found.length > 0 ? found : [whole], queries: [], summary };
  },
};

const listChanges: Role = {
  fits: ({ tools }, asks) => asks.has('added') && tools.has('git_diff'),
  next: (brief) =>
    once(
      brief,
      'I ask git which files changed.',
      callOf(brief, 'git_diff', { base: labelled(brief, 'base'), stat: true }),
    ),
  conclude: (brief) => {
    const rows = doneBy(brief, 'git_diff').flatMap(({ result }) => [...result.matchAll(/^(\d+|-)\t(\d+|-)\t(.+)$/gm)]);
    const found = rows.map(([, added, removed, shown = '']): Found => {
      const file = shown
        .replace(/\{.*? => (.*?)\}/, '$1')
        .replace(/^.* => /, '')
        .replaceAll('//', '/');
      const counts = { added: Number(added) || 0, removed: Number(removed) || 0 };
      return { file, title: file, note: `${counts.added} lines added, ${counts.removed} removed.`, counts };
    });
    return {
      found,
      queries: [],
      summary: `git_diff names ${counted(found.length, 'changed file')}.${complaint(brief)}`,
    };
  },
};

const eyes = (brief: Brief): string[] => eyesIn(labelled(brief, 'eye', 'kind') ?? '');
/** A JSON list after a label, on its line or the next. */
const listed = (brief: Brief, label: string): string[] =>
  // biome-ignore lint/plugin: the labels are ours
  jsonIn(new RegExp(`^${label}:\\s*(\\[.*\\])$`, 'im').exec(brief.question)?.[1] ?? '')
    .flat()
    .map((one) => (typeof one === 'string' ? one : String(objectsIn(one)[0]?.file)));
const globOf = (files: readonly string[]): string => {
  const plain = files.filter((file) => !/[*?[\]{},!\\]/.test(file));
  return plain.length === 1 ? plain.join() : `{${plain.join(',')}}`;
};

/** Known marks in the lines that a change adds, or in the files of a folder. */
const review: Role = {
  fits: (_, asks) => asks.has('severity'),
  next: (brief) => {
    const base = labelled(brief, 'base');
    const files = listed(brief, 'files');
    if (addedLines(brief.question).length > 0) return nothing;
    if (base !== undefined && files.length > 0)
      return once(
        brief,
        'I read what changed.',
        files.slice(0, 40).flatMap((path) => callOf(brief, 'git_diff', { base, path })),
      );
    const scope = files.length > 0 ? { path: '.', glob: globOf(files) } : { path: folderOf(brief) };
    const calls = eyes(brief).flatMap((eye) => callOf(brief, 'search_files', { pattern: patternFor(eye), ...scope }));
    return once(brief, 'I search for known marks.', calls);
  },
  conclude: (brief) => {
    const added = [brief.question, ...doneBy(brief, 'git_diff').map(({ result }) => result)].flatMap(addedLines);
    const lines = added.length > 0 ? added : doneBy(brief, 'search_files').flatMap(hitsOf);
    const known = new Set(listed(brief, 'known'));
    const unique = [...new Map(lines.map((line) => [`${line.path}:${line.line}`, line]))];
    const found = marksIn(
      unique.filter(([place]) => !known.has(place)).map(([, line]) => line),
      eyes(brief),
    );
    const where = added.length > 0 ? counted(added.length, 'added line') : folderOf(brief);
    const cut = /^\[.*\b(left out|[Cc]ut after|more)\b/m.test(
      [brief.question, ...brief.done.map(({ result }) => result)].join('\n'),
    );
    const summary = `I looked at ${where} for known marks (${eyes(brief).join(', ')}), line by line, without understanding the code: ${counted(found.length, 'finding')}.${cut ? ' Not all of it was shown to me.' : ''}${complaint(brief)}`;
    return { found, queries: [], summary };
  },
};

/** `{ number, check }`, objections and gaps are left open. */
const judgeNothing: Role = {
  fits: (_, asks) => ['checks', 'objections', 'gaps'].some((name) => asks.has(name)),
  next: () => nothing,
  conclude: (brief) => {
    const points = objectsIn(jsonIn(brief.question)).filter(({ check }) => typeof check === 'string');
    const found = points.map(({ number, check }): Found => {
      return { title: String(check), note: judgement, holds: null, number: Number(number) };
    });
    return { found, queries: [], summary: `I judge nothing of it. ${judgement}` };
  },
};

/** Where one would have to look. */
const planSteps: Role = {
  fits: (_, asks) => asks.has('steps'),
  next: findPassages.next,
  conclude: (brief) => {
    const { found, queries, summary } = findPassages.conclude(brief);
    const steps = found.map((one) => ({
      ...one,
      title: `Look at ${placeOf(one)}`,
      note: `${one.note} What to do there, the offline model cannot say.`,
    }));
    return { found: steps, queries, summary: `I do not plan: these are places. ${summary}` };
  },
};

const checkClaims: Role = {
  fits: (brief, asks) =>
    claimsIn(brief).length > 0 && ['holds', 'real', 'valid', 'true', 'confirmed'].some((name) => asks.has(name)),
  next: (brief) => once(brief, 'I read the places that are named.', readPlaces(brief)),
  conclude: (brief) => {
    const found = claimsIn(brief).map((claim) => judge(brief, claim));
    const good = found.filter(({ holds }) => holds).length;
    const summary = `I compared ${counted(found.length, 'claim')} with the place that is named: ${good} hold, ${found.length - good} do not.`;
    return { found, queries: [], summary };
  },
};

/** What the prompt holds is handed on, each with its place: no word is added. */
const digest: Role = {
  fits: (brief) => claimsIn(brief).length > 0,
  next: () => nothing,
  conclude: (brief) => {
    const found = claimsIn(brief);
    const summary = `I do not reason, so this is not an answer: it is ${counted(found.length, 'quotation')}, picked by the words they share with what was asked. Configure a model in everturn.yaml for conclusions.`;
    return { found, queries: [], summary };
  },
};

const roles: readonly Role[] = [
  judgeNothing,
  planSteps,
  listChanges,
  listParts,
  review,
  splitQuestion,
  checkClaims,
  digest,
];

export const rolesOf = (brief: Brief): Role => {
  const asks = new Set(propertiesOf(brief.schema as object));
  return roles.find((role) => role.fits(brief, asks)) ?? findPassages;
};
