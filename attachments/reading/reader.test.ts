import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachmentLimits } from '../../contracts/attachment-limits.ts';
import { bomb, noise, pdfOf, plain } from '../testing/pictures.ts';
import { createReader, type Reader } from './reader.ts';

let folder: string;
let reader: Reader;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-attachments-'));
  reader = createReader();
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

const read = async (bytes: Uint8Array, { by = reader, limits = attachmentLimits } = {}) => {
  const own = await mkdtemp(path.join(folder, 'a-'));
  const input = path.join(own, 'input');
  await writeFile(input, bytes);
  const row = await by.read({ input, folder: own, limits });
  return { row, file: (name: string) => readFile(path.join(own, name)) };
};

const refusal = (bytes: Uint8Array, options = {}): Promise<string> =>
  read(bytes, options).then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe('images', () => {
  test('a small one is kept as it is, with a thumbnail of at most 300 pixels', async () => {
    const bytes = await noise({ width: 800, height: 200 }).png().toBuffer();
    const { row, file } = await read(bytes);
    expect(row).toMatchObject({ kind: 'image', mediaType: 'image/png', width: 800, height: 200, bytes: bytes.length });
    expect(await file('content')).toEqual(bytes);
    expect(await sharp(await file('thumb')).metadata()).toMatchObject({ format: 'webp', width: 300, height: 75 });
    await expect(file('sent')).rejects.toThrow('ENOENT');
  });

  test.each([
    ['a large one is sent smaller', () => noise({ width: 3000, height: 1500 }).jpeg(), 'jpeg', 2000, 1000],
    ['a webp is sent as a jpeg', () => plain({ width: 60, height: 40 }).webp(), 'jpeg', 60, 40],
    ['a gif is sent as a png', () => plain({ width: 60, height: 40 }).gif(), 'png', 60, 40],
    [
      'one with an alpha channel keeps it',
      () => plain({ width: 60, height: 40 }).ensureAlpha(0.5).webp(),
      'png',
      60,
      40,
    ],
    [
      'a turned one is sent upright',
      () => noise({ width: 60, height: 40 }).withMetadata({ orientation: 6 }).jpeg(),
      'jpeg',
      40,
      60,
    ],
    [
      'one of four colours is sent as sRGB',
      () => plain({ width: 60, height: 40 }).toColourspace('cmyk').jpeg(),
      'jpeg',
      60,
      40,
    ],
  ] as const)('%s', async (_what, image, format, width, height) => {
    const { file } = await read(await image().toBuffer());
    expect(await sharp(await file('sent')).metadata()).toMatchObject({ format, width, height, space: 'srgb' });
  });

  test('the size of a turned one is the one that is shown', async () => {
    const { row } = await read(
      await noise({ width: 60, height: 40 }).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    expect(row).toMatchObject({ width: 40, height: 60 });
  });

  test('what is sent fits every provider', async () => {
    const { file } = await read(await noise({ width: 2500, height: 2500 }).png({ compressionLevel: 0 }).toBuffer());
    expect((await file('sent')).length).toBeLessThan(3_700_000);
  });
});

describe('what is refused', () => {
  test('a bomb, before it is decoded', async () => {
    expect(await refusal(bomb({ width: 30_000, height: 30_000 }))).toBe(
      'it has 30,000 × 30,000 pixels, and at most 50 million are taken. Make it smaller',
    );
  });

  test('more pixels than everturn.yaml allows', async () => {
    const bytes = await plain({ width: 200, height: 200 }).png().toBuffer();
    const limits = { ...attachmentLimits, megapixels: 0.01 };
    expect(await refusal(bytes, { limits })).toBe(
      'it has 200 × 200 pixels, and at most 0.01 million are taken. Make it smaller',
    );
  });

  test('frames that are many', async () => {
    const frames = await Promise.all(
      Array.from({ length: 20 }, () => noise({ width: 100, height: 100 }).png().toBuffer()),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(await refusal(gif)).toBe('taken');
    expect(await refusal(gif, { limits: { ...attachmentLimits, megapixels: 0.01 } })).toMatch(
      /^its 20 frames have 100 × 100 pixels each, and at most 0\.1 million are taken in all/,
    );
  });

  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('a %s that is cut off', async (format) => {
    const bytes = await noise({ width: 90, height: 90 }).toFormat(format).toBuffer();
    expect(await refusal(bytes.subarray(0, bytes.length * 0.6))).toMatch(/cut off/);
  });

  test('a png whose data is wrong, though its parts are whole', async () => {
    const bytes = await noise({ width: 400, height: 400 }).png().toBuffer();
    const wrong = Buffer.from(bytes);
    wrong.fill(0, 1000, 1100);
    expect(await refusal(wrong)).toMatch(/^it is damaged or cut off \(.+\)$/);
  });

  test.each([
    ['a png that is none', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a jpeg that is a page', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<html>')])],
    ['a gif of nothing', Buffer.from('GIF89a\0\0\0\0\0\0\0;', 'latin1')],
    ['a webp of nothing', Buffer.from('RIFF\x04\0\0\0WEBP', 'latin1')],
  ])('%s', async (_what, bytes) => {
    expect(await refusal(bytes)).toMatch(/^it is (damaged|cut off)/);
  });
});

describe('files', () => {
  test('a PDF is read page by page', async () => {
    const { row } = await read(pdfOf('First page', 'Second page'));
    expect(row).toMatchObject({ kind: 'file', mediaType: 'application/pdf', pages: 2 });
    expect(row.kind === 'file' && row.text).toBe('First page\n\nSecond page');
  });

  test.each([
    ['a damaged PDF', Buffer.from('%PDF-1.7\nrubbish')],
    ['a PDF that is cut off before its pages', pdfOf('Hello').subarray(0, 60)],
  ])('%s is refused', async (_what, bytes) => {
    expect(await refusal(bytes)).toMatch(/^it is damaged or cut off \(/);
  });

  test('text is kept as it is, and cut for the model', async () => {
    const bytes = Buffer.from('é'.repeat(150_000));
    const { row, file } = await read(bytes);
    expect(row).toMatchObject({ mediaType: 'text/plain', characters: 150_000, bytes: 300_000, pages: null });
    expect(row.kind === 'file' && row.text.length).toBe(100_000);
    expect(await file('content')).toEqual(bytes);
  });

  test('UTF-16 is read', async () => {
    const { row } = await read(Buffer.from('\ufeffHällo', 'utf16le'));
    expect(row).toMatchObject({ text: 'Hällo', characters: 5 });
  });
});

describe('the process that reads', () => {
  test('is given up when it takes too long, and the next attachment is read by a new one', async () => {
    const hasty = createReader({ timeoutMs: 1 });
    expect(await refusal(await plain({ width: 8, height: 8 }).png().toBuffer(), { by: hasty })).toBe(
      'reading it took over 0.001 s',
    );
    await hasty.close();
    const patient = createReader({ timeoutMs: 20_000 });
    expect(await refusal(Buffer.from('text'), { by: patient })).toBe('taken');
    await patient.close();
  });

  test.skipIf(process.platform !== 'linux')('is given up when it takes too much memory', async () => {
    const poor = createReader({ maxMemory: 1024 * 1024 });
    expect(await refusal(await noise({ width: 300, height: 300 }).png().toBuffer(), { by: poor })).toBe(
      'reading it took over 1 MB of memory',
    );
    await poor.close();
  });

  test('takes no more than may wait', async () => {
    const narrow = createReader({ maxWaiting: 2 });
    const all = await Promise.all([1, 2, 3].map(() => refusal(Buffer.from('text'), { by: narrow })));
    expect(all.toSorted().reverse()).toEqual([
      'taken',
      'taken',
      'Cannot attach it now: 2 others wait to be read. Try again',
    ]);
    await narrow.close();
  });
});
