import { Damaged } from '../damaged.ts';

const startOfScan = 0xda;
const endOfImage = 0xd9;
const applications = { jfif: 0xe0, exif: 0xe1, profile: 0xe2, adobe: 0xee, last: 0xef };
const comment = 0xfe;

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** Of the segments about the picture, those that say how it looks. */
const isKept = (marker: number, segment: Buffer): boolean => {
  const name = segment.toString('latin1', 4, 16);
  if (marker === applications.jfif) return name.startsWith('JFIF\0');
  if (marker === applications.profile) return name.startsWith('ICC_PROFILE\0');
  if (marker === applications.adobe) return name.startsWith('Adobe');
  return marker !== comment && (marker < applications.jfif || marker > applications.last);
};

/** The orientation of the picture: 1 to 8; 1 if it is not given. */
const orientationIn = (segment: Buffer): number => {
  const exif = segment.subarray(4);
  if (exif.toString('latin1', 0, 6) !== 'Exif\0\0') return 1;
  const tiff = exif.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  if (tiff.length < 8) return 1;
  const first = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let entry = 0; entry < short(first); entry++) {
    const at = first + 2 + entry * 12;
    if (at + 12 > tiff.length) return 1;
    if (short(at) === 0x0112) return short(at + 8) || 1;
  }
  return 1;
};

/** Metadata that says nothing but the orientation. */
const onlyOrientation = (orientation: number): Buffer => {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(0x0112, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, applications.exif, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

const cut = (): Damaged => new Damaged('it is cut off: its end is missing');

/** The marker after coded data: FF, and neither 00, which encodes FF itself, nor a restart or fill marker. */
const afterScan = (bytes: Buffer, from: number): number => {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1];
    if (marker !== undefined && marker !== 0 && marker !== 0xff && !isRestart(marker)) return at;
  }
  throw cut();
};

/** The pieces of the same picture without metadata but its orientation, and without what follows its end. Throws `Damaged`. */
export const stripJpeg = (bytes: Buffer): Buffer[] => {
  const pieces: Buffer[] = [];
  let orientation = 1;
  let at = 2;
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (marker === undefined) throw cut();
    if (bytes[at] !== 0xff) throw new Damaged('it is damaged: it is not a row of JPEG segments');
    if (marker === endOfImage) break;
    if (at + 4 > bytes.length) throw cut();
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw cut();
    const segment = bytes.subarray(at, end);
    if (marker === applications.exif && orientation === 1) orientation = orientationIn(segment);
    const next = marker === startOfScan ? afterScan(bytes, end) : end;
    if (isKept(marker, segment)) pieces.push(bytes.subarray(at, next));
    at = next;
  }
  const turned = orientation > 1 && orientation <= 8 ? [onlyOrientation(orientation)] : [];
  return [bytes.subarray(0, 2), ...turned, ...pieces, Buffer.from([0xff, endOfImage])];
};
