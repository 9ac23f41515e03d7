import { Damaged } from '../damaged.ts';

/** What the picture looks like, and its animation. All else is about it: texts, times, places. */
const kept = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'cICP',
  'sBIT',
  'bKGD',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);

const signatureBytes = 8;
/** Length, type and checksum of a chunk. */
const frameBytes = 12;

/** The pieces of the same picture without metadata, and without what follows its end. Throws `Damaged`. */
export const stripPng = (bytes: Buffer): Buffer[] => {
  const pieces = [bytes.subarray(0, signatureBytes)];
  for (let at = signatureBytes; ; ) {
    if (at + frameBytes > bytes.length) throw new Damaged('it is cut off: its end is missing');
    const end = at + frameBytes + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (end > bytes.length) throw new Damaged('it is cut off: its end is missing');
    if (kept.has(type)) pieces.push(bytes.subarray(at, end));
    if (type === 'IEND') return pieces;
    at = end;
  }
};
