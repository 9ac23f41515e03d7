import { type Brief, objectsIn } from './brief.ts';
import { type Found, factOf, placeOf } from './fill.ts';
import { isComment, isPage, type Line, linesOf, shorten } from './results.ts';
import { callOf, type PlannedCall } from './task.ts';

/** The claims of the prompt: JSON objects with a file, and a line or a quote. */
export const claimsIn = (brief: Brief): Found[] =>
  objectsIn(brief).flatMap((fields, index) => {
    const known = new Map(Object.entries(fields).map(([name, value]) => [factOf(name), value]));
    const text = (fact: 'file' | 'quote' | 'title'): string | undefined => {
      const value = known.get(fact);
      return typeof value === 'string' ? value : undefined;
    };
    const [file, quote, title = ''] = [text('file'), text('quote'), text('title')];
    const [line, number] = [Number(known.get('line')) || undefined, Number(known.get('number')) || index + 1];
    const note = String(fields.detail ?? fields.why ?? '');
    return file === undefined || (quote ?? line) === undefined ? [] : [{ file, line, quote, title, note, number }];
  });

/** The place of each claim, with the lines around it. */
export const readPlaces = (brief: Brief): PlannedCall[] =>
  claimsIn(brief)
    .slice(0, 24)
    .flatMap(({ file = '', line = 1 }) =>
      isPage(file)
        ? callOf(brief, 'web_fetch', { url: file })
        : callOf(brief, 'read_file', { path: file, offset: Math.max(1, line - 12), limit: 40 }),
    );

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Whether the quote is at the place that is named, or near it, and in code if the claim is a finding. */
export const judge = (brief: Brief, claim: Found): Found => {
  const { file = '', line = 1, quote = '' } = claim;
  const reads = brief.done.filter(({ args }) => args.path === file || args.url === file);
  const lines = reads.flatMap(linesOf);
  const refute = (note: string): Found => ({ ...claim, holds: false, note });
  if (lines.length === 0) return refute(`Not verified: ${shorten(reads[0]?.result ?? `${file} was not read`, 200)}`);
  const distance = (one: Line): number => Math.abs(one.line - line);
  const [place] = lines
    .filter((one) => (quote === '' ? one.line === line : squeeze(one.text).includes(squeeze(quote))))
    .toSorted((a, b) => distance(a) - distance(b));
  if (!place) return refute(`The quote is not in ${isPage(file) ? file : `${file} near line ${line}`}.`);
  if (claim.title !== '' && isComment(place.text))
    return refute(`Line ${place.line} is as quoted, but it is in a comment.`);
  const found = { ...claim, line: isPage(file) ? undefined : place.line };
  const moved = claim.line === undefined || claim.line === found.line ? '' : `, not at line ${claim.line}`;
  return { ...found, holds: true, note: `It is at ${placeOf(found)}${moved}, word for word.` };
};
