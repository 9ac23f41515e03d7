import type { Fault } from '../../contracts/flow.ts';
import { positionAt } from '../../sandbox/position.ts';

export type Severity = 'error' | 'warning';

/** How a check tells what it finds; `path` is that of a field of `meta`. */
export type Tell = (severity: Severity, offset: number, message: string, path?: string) => void;

export type Findings = { faults: Fault[]; warnings: Fault[] };

/** Finds places as line and column, and gives everything in the order of the file. */
export class FindingList {
  readonly #file: string;
  readonly #source: string;
  readonly #found: (Fault & { severity: Severity })[];

  constructor(file: string, source: string, found: readonly (Fault & { severity: Severity })[] = []) {
    this.#file = file;
    this.#source = source;
    this.#found = [...found];
  }

  copy(): FindingList {
    return new FindingList(this.#file, this.#source, this.#found);
  }

  /** Says once what two checks find at one place. */
  tell: Tell = (severity, offset, message, path = '') => {
    const place = positionAt(this.#source, offset);
    const known = this.#found.some(
      (one) => one.line === place.line && one.column === place.column && one.path === path && one.message === message,
    );
    if (!known) this.#found.push({ file: this.#file, ...place, path, message, severity });
  };

  get sorted(): Findings {
    const all = this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const of = (wanted: Severity): Fault[] =>
      all.filter(({ severity }) => severity === wanted).map(({ severity: _severity, ...fault }) => fault);
    return { faults: of('error'), warnings: of('warning') };
  }
}
