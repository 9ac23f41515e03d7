import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ImageFormat } from '../kind-of.ts';
import { noise, withText } from '../testing/pictures.ts';
import { stripImage as piecesOf } from './strip.ts';

const stripImage = (bytes: Buffer, format: ImageFormat): Buffer => Buffer.concat(piecesOf(bytes, format));

const secret = 'Trafalgar Square 51.508N';
const exif = { IFD0: { ImageDescription: secret, Copyright: secret }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };

/** With everything about it that can be written. */
const telling = async (format: ImageFormat): Promise<Buffer> => {
  const bytes = await noise({ width: 40, height: 20 })
    .withExif(exif)
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${secret}</x:xmpmeta>`)
    .toFormat(format)
    .toBuffer();
  if (format === 'png') return withText(bytes, secret);
  if (format !== 'gif') return bytes;
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, secret.length]), Buffer.from(secret), Buffer.from([0])]);
  return Buffer.concat([bytes.subarray(0, -1), comment, Buffer.from([0x3b])]);
};

const pixels = (bytes: Buffer): Promise<Buffer> => sharp(bytes).raw().toBuffer();

describe.each<ImageFormat>(['png', 'jpeg', 'webp', 'gif'])('metadata of a %s', (format) => {
  test('goes, and the picture stays as it is', async () => {
    const bytes = await telling(format);
    expect(bytes.includes(secret)).toBe(true);
    const stripped = stripImage(bytes, format);
    expect(stripped.includes(secret)).toBe(false);
    const meta = await sharp(stripped).metadata();
    expect([meta.exif, meta.xmp, meta.iptc]).toEqual([undefined, undefined, undefined]);
    expect(await pixels(stripped)).toEqual(await pixels(bytes));
  });

  test('stripped again it is the same bytes', async () => {
    const once = stripImage(await telling(format), format);
    expect(stripImage(once, format)).toEqual(once);
  });

  test('what follows its end goes too', async () => {
    const bytes = stripImage(await telling(format), format);
    const hidden = Buffer.concat([bytes, Buffer.from('<script>alert(1)</script>')]);
    expect(stripImage(hidden, format)).toEqual(bytes);
  });

  test('cut off anywhere it is refused, and never read beyond its end', async () => {
    const bytes = stripImage(await telling(format), format);
    for (let length = 13; length < bytes.length - 1; length += 7) {
      expect(() => stripImage(bytes.subarray(0, length), format), `${length} bytes`).toThrow(/cut off|damaged/);
    }
  });

  test('any byte may be wrong', async () => {
    const bytes = stripImage(await telling(format), format);
    for (let at = 8; at < bytes.length; at += 3) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 0xff;
      try {
        stripImage(wrong, format);
      } catch (error) {
        expect((error as Error).name, `byte ${at}: ${String(error)}`).toBe('Damaged');
      }
    }
  });
});

test.each([1, 3, 6, 8])('which way up a jpeg is shown (%i) is kept, and nothing else', async (orientation) => {
  const bytes = await noise({ width: 40, height: 20 }).withExif(exif).withMetadata({ orientation }).jpeg().toBuffer();
  const stripped = stripImage(bytes, 'jpeg');
  expect(stripped.includes(secret)).toBe(false);
  expect((await sharp(stripped).metadata()).orientation ?? 1).toBe(orientation);
  expect(await pixels(stripped)).toEqual(await pixels(bytes));
});

test('a colour profile stays', async () => {
  const bytes = await noise({ width: 8, height: 8 }).withIccProfile('p3').jpeg().toBuffer();
  expect((await sharp(stripImage(bytes, 'jpeg')).metadata()).icc).toBeDefined();
});
