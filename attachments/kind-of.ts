export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif';

/** What bytes are by their content, whatever their name says. */
export type Content =
  | { kind: 'image'; format: ImageFormat }
  | { kind: 'pdf' }
  | { kind: 'text'; encoding: 'utf-8' | 'utf-16le' | 'utf-16be' }
  | { kind: 'refused'; why: string };

const taken = 'Attach a png, jpeg, webp or gif image, a PDF, or a text file';

const has = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.subarray(at, at + text.length).equals(Buffer.from(text, 'latin1'));

const formats: readonly [ImageFormat, (bytes: Buffer) => boolean][] = [
  ['png', (bytes) => has(bytes, '\x89PNG\r\n\x1a\n')],
  ['jpeg', (bytes) => has(bytes, '\xff\xd8\xff')],
  ['gif', (bytes) => has(bytes, 'GIF87a') || has(bytes, 'GIF89a')],
  ['webp', (bytes) => has(bytes, 'RIFF') && has(bytes, 'WEBP', 8)],
];

export const imageFormatOf = (bytes: Buffer): ImageFormat | null =>
  formats.find(([, fits]) => fits(bytes))?.[0] ?? null;

/** Brands of the ISO file format, at byte 8. */
const brands: readonly [string, readonly string[]][] = [
  ['an AVIF image', ['avif', 'avis']],
  ['a HEIC image', ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1']],
];

/** Kinds that people try, to be named rather than called unknown. */
const others: readonly [string, (bytes: Buffer) => boolean][] = [
  ['a TIFF image', (bytes) => has(bytes, 'II*\0') || has(bytes, 'MM\0*')],
  ['a BMP image', (bytes) => has(bytes, 'BM') && bytes.length > 14 && bytes.readUInt32LE(6) === 0],
  ['an icon', (bytes) => has(bytes, '\0\0\x01\0')],
  ['a JPEG XL image', (bytes) => has(bytes, '\xff\x0a') || has(bytes, '\0\0\0\x0cJXL ')],
  ['a JPEG 2000 image', (bytes) => has(bytes, '\0\0\0\x0cjP  ')],
  ['a Photoshop file', (bytes) => has(bytes, '8BPS')],
  ['a ZIP archive, as Office documents are', (bytes) => has(bytes, 'PK\x03\x04') || has(bytes, 'PK\x05\x06')],
  ['a gzip archive', (bytes) => has(bytes, '\x1f\x8b')],
  ['a program', (bytes) => has(bytes, '\x7fELF') || has(bytes, 'MZ')],
  ['an Office document of the old format', (bytes) => has(bytes, '\xd0\xcf\x11\xe0')],
];

const isoBrand = (bytes: Buffer): string | undefined => {
  if (!has(bytes, 'ftyp', 4)) return undefined;
  const brand = bytes.toString('latin1', 8, 12);
  return brands.find(([, names]) => names.includes(brand))?.[0] ?? 'a video or audio file';
};

const marks: readonly ['utf-8' | 'utf-16le' | 'utf-16be', string][] = [
  ['utf-8', '\xef\xbb\xbf'],
  ['utf-16le', '\xff\xfe'],
  ['utf-16be', '\xfe\xff'],
];

/** Null: it is not a text. */
const encodingOf = (bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | null => {
  const marked = marks.find(([, mark]) => has(bytes, mark))?.[0];
  if (marked && marked !== 'utf-8') return bytes.length % 2 === 0 ? marked : null;
  if (bytes.includes(0)) return null;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return null;
  }
};

export const textOf = (bytes: Buffer, encoding: 'utf-8' | 'utf-16le' | 'utf-16be'): string =>
  new TextDecoder(encoding).decode(bytes);

/** Before its first element an SVG may have a declaration, comments and a document type. */
const isSvg = (text: string): boolean => {
  let rest = text.slice(0, 65_536).trimStart();
  for (;;) {
    const end = rest.startsWith('<?') ? '?>' : rest.startsWith('<!--') ? '-->' : /^<!doctype/i.test(rest) ? '>' : null;
    if (end === null) return /^<(\w+:)?svg[\s/>]/i.test(rest);
    const at = rest.indexOf(end);
    if (at < 0 || /^<!doctype\s+svg/i.test(rest)) return /^<!doctype\s+svg/i.test(rest);
    rest = rest.slice(at + end.length).trimStart();
  }
};

/** A PDF may have some bytes before its mark. */
const isPdf = (bytes: Buffer): boolean => bytes.subarray(0, 1024).includes('%PDF-');

export const kindOf = (bytes: Buffer): Content => {
  if (bytes.length === 0) return { kind: 'refused', why: 'it is empty' };
  const format = imageFormatOf(bytes);
  if (format) return { kind: 'image', format };
  if (isPdf(bytes)) return { kind: 'pdf' };
  const name = isoBrand(bytes) ?? others.find(([, fits]) => fits(bytes))?.[0];
  if (name) return { kind: 'refused', why: `it is ${name}. ${taken}` };
  const encoding = encodingOf(bytes);
  if (!encoding) return { kind: 'refused', why: `its content is of no known kind. ${taken}` };
  if (isSvg(textOf(bytes.subarray(0, 131_072), encoding)))
    return {
      kind: 'refused',
      why: 'it is an SVG, which can hold scripts. Attach it as a png image, or put it into the workspace to have it read as text',
    };
  return { kind: 'text', encoding };
};
