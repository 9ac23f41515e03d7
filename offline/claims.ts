import { type Brief, jsonIn, objectsIn } from './brief.ts';
import { type Found, facetOf } from './fill.ts';
import { excuseFor } from './marks.ts';
import { type Line, readLines, shorten } from './results.ts';
import { type Call, callOf, doneBy } from './task.ts';

/** The claims of the prompt: JSON objects with a file, and a line or a quote. */
export const claimsIn = (brief: Brief): Found[] =>
  objectsIn(jsonIn(brief.question)).flatMap((fields, index) => {
    const of = (facet: string): unknown => Object.entries(fields).find(([name]) => facetOf(name) === facet)?.[1];
    const text = (facet: string): string | undefined => {
      const value = of(facet);
      return typeof value === 'string' ? value : undefined;
    };
    const [file, quote, line, number] = [text('file'), text('quote'), of('line'), of('number')];
    if (file === undefined || (quote === undefined && typeof line !== 'number')) return [];
    return [
      {
        file,
        line: typeof line === 'number' && line > 0 ? line : undefined,
        quote,
        title: text('title') ?? '',
        note: String(fields.detail ?? fields.why ?? ''),
        number: typeof number === 'number' ? number : index + 1,
      },
    ];
  });

const isPage = ({ file = '' }: Found): boolean => /^https?:/.test(file);
const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** The place of each claim, with the lines around it. */
export const readPlaces = (brief: Brief): Call[] => {
  const calls = claimsIn(brief).flatMap((claim) =>
    isPage(claim)
      ? callOf(brief, 'web_fetch', { url: claim.file })
      : callOf(brief, 'read_file', { path: claim.file, offset: Math.max(1, (claim.line ?? 1) - 12), limit: 40 }),
  );
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()].slice(0, 24);
};

/** Whether the quote stands at the place that is named, or near it; for a finding, also whether its line counts. */
export const judge = (brief: Brief, claim: Found): Found => {
  const quote = squeeze(claim.quote ?? '');
  if (isPage(claim)) {
    const pages = doneBy(brief, 'web_fetch').filter(({ args }) => args.url === claim.file);
    const holds = quote !== '' && pages.some(({ result }) => squeeze(result).includes(quote));
    return {
      ...claim,
      holds,
      note: holds ? 'The page says so, word for word.' : 'The quote was not found on the page.',
    };
  }
  const reads = doneBy(brief, 'read_file').filter(({ args }) => args.path === claim.file);
  const lines = reads.flatMap(readLines);
  if (lines.length === 0) {
    return {
      ...claim,
      holds: false,
      note: `Not verified: ${shorten(reads[0]?.result ?? `${claim.file} was not read`, 200)}`,
    };
  }
  const distance = ({ line }: Line): number => Math.abs(line - (claim.line ?? 1));
  const [place] = lines
    .filter(({ text, line }) => (quote === '' ? line === claim.line : squeeze(text).includes(quote)))
    .toSorted((a, b) => distance(a) - distance(b));
  if (!place) {
    return { ...claim, holds: false, note: `The quote is not in ${claim.file} near line ${claim.line ?? 1}.` };
  }
  const found = { ...claim, line: place.line };
  const excuse = claim.title === '' ? null : excuseFor(place);
  if (excuse !== null) return { ...found, holds: false, note: `Line ${place.line} is as quoted, but ${excuse}.` };
  const moved = claim.line === undefined || claim.line === place.line ? '' : `, not at line ${claim.line}`;
  return { ...found, holds: true, note: `It is at ${claim.file}:${place.line}${moved}, word for word.` };
};
