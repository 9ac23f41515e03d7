import { diffArrays } from 'diff';

/** Lines `from` to `to` (exclusive, from 0) of the old text are replaced by those of the new one. */
export type Change = { old: Range; new: Range };
export type Range = { from: number; to: number };

/** Edits that are looked for in lines without a landmark. What takes more is shown as one block. */
const maxEdits = 150;
const maxLines = 4000;
const maxDepth = 24;

/** Each line with its end, so that the lines together are the text. */
export const linesOf = (text: string): string[] => {
  const lines: string[] = [];
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    lines.push(text.slice(from, end + 1));
    from = end + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
};

type Box = { old: Range; new: Range; depth: number };

const sizeOf = ({ from, to }: Range): number => to - from;

/** Without the lines that both begin and end with. */
const trimmed = (a: readonly number[], b: readonly number[], box: Box): Box => {
  const [old, fresh] = [{ ...box.old }, { ...box.new }];
  while (old.from < old.to && fresh.from < fresh.to && a[old.from] === b[fresh.from]) {
    old.from += 1;
    fresh.from += 1;
  }
  while (old.from < old.to && fresh.from < fresh.to && a[old.to - 1] === b[fresh.to - 1]) {
    old.to -= 1;
    fresh.to -= 1;
  }
  return { old, new: fresh, depth: box.depth };
};

/** Where each line that is in the range once is; -1 for one that is there more often. */
const onceIn = (lines: readonly number[], { from, to }: Range): Map<number, number> => {
  const found = new Map<number, number>();
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? 0;
    found.set(line, found.has(line) ? -1 : at);
  }
  return found;
};

type Pair = { old: number; new: number };

/** The longest run of pairs that goes forward in both texts. */
const rising = (pairs: readonly Pair[]): Pair[] => {
  const tails: number[] = [];
  const before: number[] = [];
  pairs.forEach((pair, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.new ?? 0) < pair.new) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  });
  const run: Pair[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair) run.push(pair);
  }
  return run.reverse();
};

/** Lines that are in both ranges once: between them the texts are compared piece by piece. */
const landmarks = (a: readonly number[], b: readonly number[], box: Box): Pair[] => {
  const inNew = onceIn(b, box.new);
  const pairs: Pair[] = [];
  for (const [line, old] of onceIn(a, box.old)) {
    const fresh = inNew.get(line);
    if (old >= 0 && fresh !== undefined && fresh >= 0) pairs.push({ old, new: fresh });
  }
  return rising(pairs);
};

const between = (box: Box, pairs: readonly Pair[]): Box[] => {
  const boxes: Box[] = [];
  let at = { old: box.old.from, new: box.new.from };
  for (const pair of [...pairs, { old: box.old.to, new: box.new.to }]) {
    boxes.push({
      old: { from: at.old, to: pair.old },
      new: { from: at.new, to: pair.new },
      depth: box.depth + 1,
    });
    at = { old: pair.old + 1, new: pair.new + 1 };
  }
  return boxes;
};

/** Small ranges without a line in common, of which a large diff has thousands: nothing is to be looked for. */
const isUnlike = (a: readonly number[], b: readonly number[], { old, new: fresh }: Box): boolean => {
  if (sizeOf(old) * sizeOf(fresh) > 64) return false;
  for (let at = old.from; at < old.to; at++) {
    for (let other = fresh.from; other < fresh.to; other++) if (a[at] === b[other]) return false;
  }
  return true;
};

const slowly = (a: readonly number[], b: readonly number[], box: Box): Change[] => {
  const whole = [{ old: box.old, new: box.new }];
  if (sizeOf(box.old) + sizeOf(box.new) > maxLines) return whole;
  const parts = diffArrays(a.slice(box.old.from, box.old.to), b.slice(box.new.from, box.new.to), {
    maxEditLength: maxEdits,
  });
  if (!parts) return whole;
  const found: Change[] = [];
  let [old, fresh] = [box.old.from, box.new.from];
  for (const { added, removed, value } of parts) {
    const last = found.at(-1);
    const change =
      last && last.old.to === old && last.new.to === fresh
        ? last
        : { old: { from: old, to: old }, new: { from: fresh, to: fresh } };
    if (!added) old += value.length;
    if (!removed) fresh += value.length;
    if (!added && !removed) continue;
    change.old.to = old;
    change.new.to = fresh;
    if (change !== last) found.push(change);
  }
  return found;
};

const numbered = (texts: readonly (readonly string[])[]): number[][] => {
  const numbers = new Map<string, number>();
  return texts.map((lines) =>
    lines.map((line) => {
      const known = numbers.get(line);
      if (known !== undefined) return known;
      numbers.set(line, numbers.size);
      return numbers.size - 1;
    }),
  );
};

/**
 * What turns the old lines into the new ones, in order. The time it takes is bounded by the number of lines, whatever
 * they hold; where a smaller difference would take too long to find, a larger one is given. It never depends on a clock.
 */
export const changesOf = (oldLines: readonly string[], newLines: readonly string[]): Change[] => {
  const [a = [], b = []] = numbered([oldLines, newLines]);
  const changes: Change[] = [];
  const boxes: Box[] = [{ old: { from: 0, to: a.length }, new: { from: 0, to: b.length }, depth: 0 }];
  for (let next = boxes.pop(); next; next = boxes.pop()) {
    const box = trimmed(a, b, next);
    if (sizeOf(box.old) === 0 && sizeOf(box.new) === 0) continue;
    if (sizeOf(box.old) === 0 || sizeOf(box.new) === 0 || isUnlike(a, b, box)) {
      changes.push({ old: box.old, new: box.new });
      continue;
    }
    const pairs = box.depth < maxDepth ? landmarks(a, b, box) : [];
    if (pairs.length === 0) changes.push(...slowly(a, b, box));
    else for (const part of between(box, pairs).reverse()) boxes.push(part);
  }
  return changes;
};
