import { StringDecoder } from 'node:string_decoder';
import { formatBytes, storable } from './text.ts';

const headCharacters = 10_000;
const tailCharacters = 20_000;
const liveCharacters = 100_000;

/** What a command wrote, on both streams in the order it came: the beginning and the end are kept, the middle is counted. */
export class CommandOutput {
  bytes = 0;
  #head = '';
  #tail = '';
  #leftOut = 0;
  #live = 0;
  readonly #onOutput: (text: string) => void;

  constructor(onOutput: (text: string) => void) {
    this.#onOutput = onOutput;
  }

  /** One stream's writer: it keeps a character together that comes in two parts. `write()` flushes. */
  stream(): (data?: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    return (data) => {
      this.bytes += data?.length ?? 0;
      const text = storable(data ? decoder.write(data) : decoder.end());
      if (text === '') return;
      this.#keep(text);
      this.#show(text);
    };
  }

  #keep(text: string): void {
    const room = headCharacters - this.#head.length;
    this.#head += text.slice(0, room);
    const rest = this.#tail + text.slice(room);
    this.#leftOut += Math.max(0, rest.length - tailCharacters);
    this.#tail = rest.slice(-tailCharacters);
  }

  #show(text: string): void {
    const room = liveCharacters - this.#live;
    if (room <= 0) return;
    this.#live += text.length;
    this.#onOutput(text.length < room ? text : `${storable(text.slice(0, room))}\n[More output is not shown live]\n`);
  }

  toString(): string {
    if (this.#leftOut === 0) return this.#head + this.#tail;
    const note = `[${this.#leftOut} characters left out of ${formatBytes(this.bytes)}]`;
    return `${this.#head}\n${note}\n${this.#tail}`;
  }
}
