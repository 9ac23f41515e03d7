/** Where the lines of a long text begin, found in slices so that no slice holds up the page. */
export type LineIndex = { text: string; starts: Uint32Array; count: number; done: boolean; next: number };

const firstCapacity = 4096;
/** More lines than a scrolled box can be tall. What lies behind them is still copied. */
export const maxLines = 1_000_000;

export const startIndex = (text: string): LineIndex => ({
  text,
  starts: new Uint32Array(firstCapacity),
  count: 1,
  done: false,
  next: 0,
});

/** Looks at up to `budget` more characters. Changes and returns `index`. */
export const growIndex = (index: LineIndex, budget: number): LineIndex => {
  const stop = index.next + budget;
  while (index.next <= stop) {
    const end = index.text.indexOf('\n', index.next);
    const last = end === -1 || end === index.text.length - 1;
    if (last || index.count >= maxLines) {
      index.done = true;
      return index;
    }
    if (index.count === index.starts.length) {
      const larger = new Uint32Array(index.starts.length * 2);
      larger.set(index.starts);
      index.starts = larger;
    }
    index.starts[index.count] = end + 1;
    index.count += 1;
    index.next = end + 1;
  }
  return index;
};

const maxShown = 2000;

/** One line without its end, cut when it is too long to lay out. */
export const lineAt = (index: LineIndex, line: number): string => {
  const from = index.starts[line] ?? 0;
  const next = line + 1 < index.count ? (index.starts[line + 1] ?? index.text.length) : index.text.length;
  const found = index.text.indexOf('\n', from);
  const to = found === -1 ? next : Math.min(found, next);
  return to - from > maxShown
    ? `${index.text.slice(from, from + maxShown)} … ${(to - from - maxShown).toLocaleString('en')} more characters`
    : index.text.slice(from, to);
};

/** The first lines of a text without looking at the rest, and whether there is more. */
export const headOf = (text: string, lines: number, characters: number): { head: string; more: boolean } => {
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const found = text.indexOf('\n', end);
    if (found === -1 || found > characters) {
      end = Math.min(text.length, characters);
      return { head: text.slice(0, end), more: end < text.length };
    }
    end = found + 1;
  }
  const head = text.slice(0, Math.max(0, end - 1));
  return { head, more: end < text.length };
};

/** The last lines of a text, within so many characters. */
export const tailOf = (text: string, lines: number, characters: number): { tail: string; more: boolean } => {
  const window = text.slice(-characters);
  const shown = window.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
  return { tail: shown, more: shown.length + 1 < text.length };
};
