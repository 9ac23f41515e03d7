import { distance } from 'fastest-levenshtein';
import { diffOf } from '../../contracts/diff/hunks.ts';
import { linesOf } from '../../contracts/diff/lines.ts';

/** Characters of a difference that is shown. */
const maxCharacters = 3000;
/** Lines of a file that are compared one by one, and characters of each. */
const maxCompared = 5000;
const maxOfLine = 200;
/** Characters that are named. */
const maxNamed = 8;

const bare = (line: string): string => line.trim();

/** Where each line, without the space around it, is. */
const indexOf = (lines: readonly string[]): Map<string, number[]> => {
  const index = new Map<string, number[]>();
  lines.forEach((line, at) => {
    const key = bare(line);
    if (key === '') return;
    const places = index.get(key);
    if (places) places.push(at);
    else index.set(key, [at]);
  });
  return index;
};

/** A line that is everywhere says nothing about the place. */
const tooCommon = 200;

const votedStart = (lines: readonly string[], wanted: readonly string[]): number | null => {
  const index = indexOf(lines);
  const votes = new Map<number, number>();
  wanted.forEach((line, offset) => {
    const places = index.get(bare(line)) ?? [];
    if (places.length > tooCommon) return;
    for (const place of places) votes.set(place - offset, (votes.get(place - offset) ?? 0) + 1 / places.length);
  });
  const [best] = [...votes].toSorted(([a, votesOfA], [b, votesOfB]) => votesOfB - votesOfA || a - b);
  return best ? Math.max(best[0], 0) : null;
};

/** By the longest line that is wanted, where no line is the same. */
const likeliestStart = (lines: readonly string[], wanted: readonly string[]): number | null => {
  const longest = wanted.reduce(
    (most, line, at) => (bare(line).length > bare(wanted[most] ?? '').length ? at : most),
    0,
  );
  const text = bare(wanted[longest] ?? '').slice(0, maxOfLine);
  if (text.length < 4) return null;
  let best = { at: -1, far: 0.5 };
  lines.slice(0, maxCompared).forEach((line, at) => {
    const other = bare(line).slice(0, maxOfLine);
    const far = distance(text, other) / Math.max(text.length, other.length, 1);
    if (far < best.far) best = { at, far };
  });
  return best.at < 0 ? null : Math.max(best.at - longest, 0);
};

const visible = (line: string): string => line.replaceAll('\t', '→').replaceAll('\r', '␍');

/** Spaces, marks and punctuation outside of ASCII look like others, or like nothing. */
const isDeceptive = (character: string): boolean =>
  character > '\u007f' && /[\p{M}\p{Z}\p{C}\p{P}\p{S}]/u.test(character);

/** Those of one text that are not in another, by their numbers. */
const onlyIn = (text: string, other: string): string[] =>
  [...new Set(text)]
    .filter((one) => isDeceptive(one) && !other.includes(one))
    .slice(0, maxNamed)
    .map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);

const namedCharacters = (given: string, there: string): string => {
  const [fresh, old] = [onlyIn(there, given), onlyIn(given, there)];
  const words = [
    ...(fresh.length > 0 ? [`the file has ${fresh.join(', ')} there, which you did not give`] : []),
    ...(old.length > 0 ? [`you gave ${old.join(', ')}, which is not there`] : []),
  ];
  return words.length === 0 ? '' : `\nCharacters that may look alike: ${words.join('; ')}`;
};

/**
 * Where a text that is not in a file most nearly is, as words for the model with the difference; undefined where nothing
 * there is like it. It is shown, never taken.
 */
export const nearestPlace = (text: string, wanted: string): string | undefined => {
  const [lines, parts] = [linesOf(text), linesOf(wanted)];
  const start = votedStart(lines, parts) ?? likeliestStart(lines, parts);
  if (start === null) return undefined;
  const there = lines.slice(start, start + parts.length);
  const end = (line: string): string => (line.endsWith('\n') ? line : `${line}\n`);
  const { before, after, hunks } = diffOf(parts.map(end).join(''), there.map(end).join(''));
  const shown: string[] = [];
  let [gave, has] = ['', ''];
  for (const { changes } of hunks) {
    for (const { old, new: fresh } of changes) {
      const [ours, theirs] = [before.slice(old.from, old.to), after.slice(fresh.from, fresh.to)];
      shown.push(...ours.map((line) => `- ${visible(line)}`), ...theirs.map((line) => `+ ${visible(line)}`));
      gave += ours.join('');
      has += theirs.join('');
    }
  }
  const difference = shown.join('').slice(0, maxCharacters).trimEnd();
  const last = start + Math.max(there.length, 1);
  const where = last === start + 1 ? `line ${last}` : `lines ${start + 1} to ${last}`;
  return `The nearest place is ${where}. "-" is what you gave, "+" what is there (→ is a tab):\n${difference}${namedCharacters(gave, has)}`;
};
