import type { Fault } from '../../contracts/flow.ts';

export type Severity = 'error' | 'warning';

/** How a check tells what it finds; `path` is that of a field of `meta`. */
export type Tell = (severity: Severity, offset: number, message: string, path?: string) => void;

export type Findings = { faults: Fault[]; warnings: Fault[] };

type Found = Fault & { severity: Severity };

/** Finds places as line and column, and gives everything in the order of the file. */
export class FindingList {
  readonly #file: string;
  /** Where each line begins. */
  readonly #lines: readonly number[];
  /** By place and text: what two checks find at one place is told once. */
  readonly #found: Map<string, Found>;

  constructor(file: string, lines: readonly number[], found: ReadonlyMap<string, Found> = new Map()) {
    this.#file = file;
    this.#lines = lines;
    this.#found = new Map(found);
  }

  static of(file: string, source: string): FindingList {
    return new FindingList(file, [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]);
  }

  copy(): FindingList {
    return new FindingList(this.#file, this.#lines, this.#found);
  }

  tell: Tell = (severity, offset, message, path = '') => {
    const line = lineOf(this.#lines, offset);
    const place = { line: line + 1, column: offset - (this.#lines[line] ?? 0) + 1 };
    const key = JSON.stringify([offset, path, message]);
    if (!this.#found.has(key)) this.#found.set(key, { file: this.#file, ...place, path, message, severity });
  };

  get sorted(): Findings {
    const all = [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
    const of = (wanted: Severity): Fault[] =>
      all.filter(({ severity }) => severity === wanted).map(({ severity: _severity, ...fault }) => fault);
    return { faults: of('error'), warnings: of('warning') };
  }
}

/** The last line that begins at or before the offset. */
const lineOf = (starts: readonly number[], offset: number): number => {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};
