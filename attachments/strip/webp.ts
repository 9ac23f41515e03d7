import { Damaged } from '../damaged.ts';

const kept = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const pictures = new Set(['VP8 ', 'VP8L', 'ANMF']);

const headerBytes = 12;
/** In the flags of VP8X: that EXIF and XMP follow. */
const metadataFlags = 0x08 | 0x04;

const withoutFlags = (chunk: Buffer): Buffer => {
  const copy = Buffer.from(chunk);
  copy[8] = (copy[8] ?? 0) & ~metadataFlags;
  return copy;
};

/** The pieces of the same picture without metadata, and without what follows its end. Throws `Damaged`. */
export const stripWebp = (bytes: Buffer): Buffer[] => {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) throw new Damaged('it is cut off: its end is missing');
  const pieces: Buffer[] = [];
  let hasPicture = false;
  for (let at = headerBytes; at + 8 <= end; ) {
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const next = at + 8 + length + (length % 2);
    if (at + 8 + length > end) throw new Damaged('it is cut off: its end is missing');
    const chunk = bytes.subarray(at, Math.min(next, end));
    if (kept.has(type)) pieces.push(type === 'VP8X' ? withoutFlags(chunk) : chunk);
    hasPicture ||= pictures.has(type);
    at = next;
  }
  if (!hasPicture) throw new Damaged('it is damaged: it contains no picture');
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  header.writeUInt32LE(
    pieces.reduce((sum, { length }) => sum + length, 4),
    4,
  );
  return [header, ...pieces];
};
