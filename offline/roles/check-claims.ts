import type { Brief } from '../brief.ts';
import { claimsIn } from '../claims.ts';
import { planCall } from '../plan-call.ts';
import type { Found } from '../result/evidence.ts';
import { hitsOf, type Line, readLines } from '../results.ts';
import { doneBy } from '../task.ts';
import { counted, nothing, type Role, says, shorten } from './role.ts';
import { excuseFor, smells } from './smells.ts';

const before = 12;
const window = 40;
const mostCalls = 24;

const isPage = (claim: Found): boolean => /^https?:/.test(claim.file ?? '');
const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
const firstLine = ({ quote = '' }: Found): string =>
  squeeze(quote.split('\n').find((line) => line.trim() !== '') ?? '');

/** What any call has shown of the file. */
const linesOf = (brief: Brief, { file }: Found): Line[] => [
  ...doneBy(brief, 'read_file')
    .filter(({ args }) => args.path === file)
    .flatMap(readLines),
  ...doneBy(brief, 'search_files')
    .flatMap(hitsOf)
    .filter(({ path }) => path === file),
];

const complaintOf = (brief: Brief, { file }: Found): string =>
  brief.done.find(({ tool, args }) => tool === 'read_file' && args.path === file)?.result.split('\n')[0] ??
  `${file} was not read`;

/** The line that holds the quote: the one that is named, else the nearest. */
const placeOfQuote = (lines: readonly Line[], claim: Found): Line | undefined => {
  const wanted = firstLine(claim);
  if (wanted === '') return lines.find(({ line }) => line === claim.line);
  const distance = ({ line }: Line): number => Math.abs(line - (claim.line ?? 1));
  return lines.filter(({ text }) => squeeze(text).includes(wanted)).toSorted((a, b) => distance(a) - distance(b))[0];
};

const isFinding = ({ title, severity }: Found): boolean => title !== '' || severity !== undefined;

/** Why a finding does not stand, though its line is there; null when nothing speaks against it. */
const objectionTo = (claim: Found, place: Line, lines: readonly Line[]): string | null => {
  const marks = smells.filter(({ pattern }) => pattern.test(place.text));
  const meant = marks.filter(({ title }) => title.toLowerCase() === claim.title.toLowerCase());
  const smell = meant[0] ?? marks[0];
  if (!smell) return null;
  const excuse = excuseFor(smell, place.path, place.text);
  if (excuse !== null) return excuse;
  const above = lines.find(({ line }) => line === place.line - 1)?.text.trim() ?? '';
  const explains = /^(\/\/|#|\*) ?\w.{15,}/.test(above) && !smell.inComments && smell.severity < 3;
  return explains
    ? `the comment above it gives a reason: “${shorten(above.replace(/^(\/\/|#|\*)\s*/, ''), 120)}”`
    : null;
};

const judgePage = (brief: Brief, claim: Found): Found => {
  const pages = doneBy(brief, 'web_fetch').filter(({ args }) => Object.values(args).includes(claim.file));
  const holds = firstLine(claim) !== '' && pages.some(({ result }) => squeeze(result).includes(firstLine(claim)));
  const reason =
    pages.length === 0
      ? 'The page was not fetched.'
      : `The page as fetched says: ${shorten(pages[0]?.result ?? '', 100)}`;
  return {
    ...claim,
    holds,
    note: holds ? 'The page says so, word for word.' : `The quote was not found on the page. ${reason}`,
  };
};

const judge = (brief: Brief, claim: Found): Found => {
  if (isPage(claim)) return judgePage(brief, claim);
  const lines = linesOf(brief, claim);
  if (lines.length === 0) return { ...claim, holds: false, note: `Not verified: ${complaintOf(brief, claim)}` };
  const place = placeOfQuote(lines, claim);
  if (!place)
    return { ...claim, holds: false, note: `The quote does not stand in ${claim.file} near line ${claim.line ?? 1}.` };
  const found = { ...claim, line: place.line };
  const objection = isFinding(claim) ? objectionTo(claim, place, lines) : null;
  if (objection !== null) return { ...found, holds: false, note: `Line ${place.line} is as quoted, but ${objection}.` };
  const moved = claim.line !== undefined && claim.line !== place.line ? `, not at line ${claim.line}` : '';
  const caveat = isFinding(claim)
    ? ' Nothing around it speaks against the finding; whether it matters, the offline model cannot judge.'
    : '';
  return { ...found, holds: true, note: `It stands at ${claim.file}:${place.line}${moved}, word for word.${caveat}` };
};

const keyOf = ({ tool, args }: { tool: string; args: object }): string => `${tool} ${JSON.stringify(args)}`;

const readAround = (brief: Brief, claim: Found) => {
  if (isPage(claim)) return planCall(brief, 'web_fetch', { url: claim.file });
  const offset = Math.max(1, (claim.line ?? 1) - before);
  return planCall(brief, 'read_file', { path: claim.file, offset, limit: claim.line === undefined ? 2000 : window });
};

/** Each claim is held against the place that it names. */
export const checkClaims: Role = {
  fits: (brief) => brief.asksWhether && claimsIn(brief.question).length > 0,
  next: (brief) => {
    const claims = claimsIn(brief.question);
    const done = new Set(brief.done.map(keyOf));
    if (doneBy(brief, 'read_file').length + doneBy(brief, 'web_fetch').length === 0) {
      const calls = new Map(claims.flatMap((claim) => readAround(brief, claim)).map((call) => [keyOf(call), call]));
      return { thinking: 'I read the places that are named.', calls: [...calls.values()].slice(0, mostCalls) };
    }
    const lost = claims.filter((claim) => {
      const lines = linesOf(brief, claim);
      return !isPage(claim) && lines.length > 0 && firstLine(claim) !== '' && !placeOfQuote(lines, claim);
    });
    const calls = lost
      .flatMap((claim) =>
        planCall(brief, 'search_files', {
          pattern: claim.quote
            ?.split('\n')
            .find((line) => line.trim())
            ?.trim(),
          path: claim.file,
          fixed: true,
        }),
      )
      .filter((call) => !done.has(keyOf(call)));
    return calls.length === 0
      ? nothing
      : { thinking: 'I look elsewhere in the file.', calls: calls.slice(0, mostCalls) };
  },
  conclude: (brief) => {
    const found = claimsIn(brief.question).map((claim) => judge(brief, claim));
    const good = found.filter(({ holds }) => holds).length;
    const notes = found.length === 1 ? ` ${found[0]?.note}` : '';
    return {
      about: counted(found.length, 'claim'),
      found,
      queries: [],
      summary: says(
        `I held ${counted(found.length, 'claim')} against the place that is named: ${good} stand, ${found.length - good} do not.${notes}`,
      ),
    };
  },
};
