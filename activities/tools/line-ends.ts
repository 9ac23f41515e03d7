const toLf = (text: string): string => text.replaceAll('\r\n', '\n');

export const firstBreak = (text: string): string | null => /\r?\n/.exec(text)?.[0] ?? null;

/** A text with LF alone, and where each of its characters is in the original. */
type Flat = { text: string; original: (index: number) => number };

const flatten = (text: string): Flat => {
  const breaks: number[] = [];
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) breaks.push(at - breaks.length);
  return {
    text: toLf(text),
    original: (index) => {
      let low = 0;
      let high = breaks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((breaks[middle] ?? 0) < index) low = middle + 1;
        else high = middle;
      }
      return index + low;
    },
  };
};

/** From and to, without overlaps. */
export type Range = { from: number; to: number };

const rangesOf = (text: string, part: string): Range[] => {
  const found: Range[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
    found.push({ from: at, to: at + part.length });
  return found;
};

/**
 * Where a part is in a text, whatever the line ends of both are: read_file shows lines without their ends. A part that
 * holds a CR is first looked for as it is.
 */
export const findPart = (text: string, part: string): { ranges: Range[]; isOverlapping: boolean } => {
  const ranges = part.includes('\r') ? rangesOf(text, part) : [];
  const flat = flatten(text);
  const flatPart = toLf(part);
  const isOverlapping = flat.text.lastIndexOf(flatPart) !== flat.text.indexOf(flatPart);
  if (ranges.length > 0) return { ranges, isOverlapping: text.lastIndexOf(part) !== text.indexOf(part) };
  const found = rangesOf(flat.text, flatPart);
  return { ranges: found.map(({ from, to }) => ({ from: flat.original(from), to: flat.original(to) })), isOverlapping };
};

/** The break that the line around a place ends with; null in a text of one line. */
const breakAt = (text: string, { from, to }: Range): string | null => {
  const next = text.indexOf('\n', to);
  const at = next >= 0 ? next : text.lastIndexOf('\n', from - 1);
  if (at < 0 || (next < 0 && from === 0)) return null;
  return text[at - 1] === '\r' ? '\r\n' : '\n';
};

/**
 * A new part with the line ends of the place that it is put into: each of its breaks as the one that it replaces, those
 * that are more as the line around it ends. A change of line ends alone stays as it is asked.
 */
export const inEndsOf = (text: string, range: Range, part: string): string => {
  const before = text.slice(range.from, range.to);
  if (before !== part && toLf(before) === toLf(part)) return part;
  const replaced = before.match(/\r?\n/g) ?? [];
  const last = replaced.at(-1) ?? breakAt(text, range);
  if (last === null) return part;
  let count = 0;
  return part.replaceAll(/\r?\n/g, () => replaced[count++] ?? last);
};
