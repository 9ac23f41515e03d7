import type { Fault } from '../contracts/flow.ts';
import { type Path, pathText } from './path.ts';
import type { YamlFile, YamlPlace } from './yaml-file.ts';

/** How a check reports its findings. */
export type Report = {
  /** About the value, or what is missing from the thing around it. */
  at(path: Path, message: string): void;
  atKey(path: Path, message: string): void;
  /** About a character of a text. */
  inText(path: Path, index: number, message: string): void;
};

export class FaultList {
  readonly #file: string;
  readonly #yaml: YamlFile;
  readonly #tellPath: (path: Path) => string;
  readonly #faults: Fault[];

  constructor(
    file: string,
    yaml: YamlFile,
    { tellPath = pathText, faults = [] }: { tellPath?: (path: Path) => string; faults?: readonly Fault[] } = {},
  ) {
    this.#file = file;
    this.#yaml = yaml;
    this.#tellPath = tellPath;
    this.#faults = [...faults];
  }

  copy(): FaultList {
    return new FaultList(this.#file, this.#yaml, { tellPath: this.#tellPath, faults: this.#faults });
  }

  add(path: Path, place: YamlPlace, message: string): void {
    this.#faults.push({ file: this.#file, ...place, path: this.#tellPath(path), message });
  }

  /** What a later phase says of a path that has a fault already is left out: it would follow from the first. */
  phase(): Report {
    const silent = new Set(this.#faults.map(({ path }) => path));
    const add = (path: Path, place: YamlPlace, message: string): void => {
      if (!silent.has(this.#tellPath(path))) this.add(path, place, message);
    };
    return {
      at: (path, message) => add(path, this.#yaml.place(path), message),
      atKey: (path, message) => add(path, this.#yaml.keyPlace(path), message),
      inText: (path, index, message) => add(path, this.#yaml.placeIn(path, index), message),
    };
  }

  get sorted(): Fault[] {
    return this.#faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}
