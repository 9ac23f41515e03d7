import { Damaged } from '../damaged.ts';

const extension = 0x21;
const picture = 0x2c;
const trailer = 0x3b;
const comment = 0xfe;
const application = 0xff;

/** Repetition of the animation; others hold metadata. */
const keptApplications = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

const cut = (): Damaged => new Damaged('it is cut off: its end is missing');

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Behind a list of blocks, each with its length before it; an empty one ends it. */
const afterBlocks = (bytes: Buffer, from: number): number => {
  for (let at = from; ; ) {
    const length = bytes[at];
    if (length === undefined) throw cut();
    at += length + 1;
    if (length === 0) return at;
  }
};

/** The pieces of the same picture without comments and metadata, and without what follows its end. Throws `Damaged`. */
export const stripGif = (bytes: Buffer): Buffer[] => {
  const header = 13;
  let at = header + tableBytes(bytes[10] ?? 0);
  const pieces = [bytes.subarray(0, at)];
  for (;;) {
    const start = at;
    const kind = bytes[at];
    if (kind === trailer) return [...pieces, Buffer.from([trailer])];
    if (kind === picture) {
      // Position, size and flags; colours of its own; the size of the codes.
      at = afterBlocks(bytes, at + 10 + tableBytes(bytes[at + 9] ?? 0) + 1);
      pieces.push(bytes.subarray(start, at));
    } else if (kind === extension) {
      const label = bytes[at + 1];
      const name = bytes.toString('latin1', at + 3, at + 14);
      at = afterBlocks(bytes, at + 2);
      const isAbout = label === comment || (label === application && !keptApplications.includes(name));
      if (!isAbout) pieces.push(bytes.subarray(start, at));
    } else if (kind === undefined) throw cut();
    else throw new Damaged('it is damaged: a block of it is of no known kind');
  }
};
