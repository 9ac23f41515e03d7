import { StringDecoder } from 'node:string_decoder';
import type { StreamOutput } from '../../contracts/command-result.ts';
import { formatBytes, storable } from './text.ts';

const liveCharacters = 100_000;

/** Characters of the beginning and of the end that are kept. */
export type Kept = { head: number; tail: number };

/** What a command wrote on one stream: the beginning and the end are kept, the middle is counted. */
export class StreamKeeper {
  bytes = 0;
  #head = '';
  #tail = '';
  #leftOut = 0;
  readonly #kept: Kept;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  add(text: string): void {
    const room = this.#kept.head - this.#head.length;
    this.#head += text.slice(0, room);
    const rest = this.#tail + text.slice(room);
    this.#leftOut += Math.max(0, rest.length - this.#kept.tail);
    this.#tail = rest.slice(-this.#kept.tail);
  }

  result(): StreamOutput {
    const { bytes } = this;
    if (this.#leftOut === 0) return { text: storable(this.#head + this.#tail), bytes, leftOut: 0 };
    const note = `[${this.#leftOut} characters left out of ${formatBytes(bytes)}]`;
    return { text: storable(`${this.#head}\n${note}\n${this.#tail}`), bytes, leftOut: this.#leftOut };
  }
}

/** Both streams of a command: kept apart, shown live in the order in which they come. */
export class CommandOutput {
  readonly stdout = new StreamKeeper({ head: 10_000, tail: 20_000 });
  readonly stderr = new StreamKeeper({ head: 5000, tail: 10_000 });
  #live = 0;
  readonly #onOutput: (text: string) => void;

  constructor(onOutput: (text: string) => void) {
    this.#onOutput = onOutput;
  }

  get bytes(): number {
    return this.stdout.bytes + this.stderr.bytes;
  }

  /** One stream's writer: it keeps a character together that comes in two parts. `write()` flushes. */
  writer(stream: 'stdout' | 'stderr'): (data?: Buffer) => void {
    const keeper = this[stream];
    const decoder = new StringDecoder('utf8');
    return (data) => {
      keeper.bytes += data?.length ?? 0;
      const text = storable(data ? decoder.write(data) : decoder.end());
      if (text === '') return;
      keeper.add(text);
      this.#show(text);
    };
  }

  #show(text: string): void {
    const room = liveCharacters - this.#live;
    if (room <= 0) return;
    this.#live += text.length;
    this.#onOutput(text.length < room ? text : `${storable(text.slice(0, room))}\n[More output is not shown live]\n`);
  }
}
