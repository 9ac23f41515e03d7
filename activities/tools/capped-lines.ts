/** Lines for the model up to a number and a size; the rest is counted. */
export class CappedLines {
  readonly lines: string[] = [];
  leftOut = 0;
  readonly #most: { lines: number; characters: number };
  #characters = 0;

  constructor(most: { lines: number; characters: number }) {
    this.#most = most;
  }

  /** False once a line was left out. */
  add(line: string): boolean {
    const fits = this.lines.length < this.#most.lines && this.#characters + line.length <= this.#most.characters;
    if (fits && this.leftOut === 0) {
      this.lines.push(line);
      this.#characters += line.length + 1;
      return true;
    }
    this.leftOut += 1;
    return false;
  }
}
