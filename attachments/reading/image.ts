import sharp, { type Metadata, type Sharp } from 'sharp';
import { sentSide, thumbnailSide } from '../../contracts/attachment-limits.ts';
import { Damaged } from '../damaged.ts';
import type { ImageFormat } from '../kind-of.ts';

// One image at a time, by one thread, and nothing of it kept.
sharp.cache(false);
sharp.concurrency(1);

/** Bytes that every provider takes once they are written as base64. */
const maxSentBytes = 3_700_000;
/** Of an animation, all frames together, as a multiple of what one image may have. */
const maxFrames = 10;

export type ReadImage = {
  width: number;
  height: number;
  thumb: Buffer;
  /** Null: the content itself is sent. */
  sent: Buffer | null;
};

const count = (value: number): string => value.toLocaleString('en-US');

/** The size as it is shown. */
const sizeOf = ({ width, height, orientation = 1 }: Metadata): { width: number; height: number } =>
  orientation >= 5 ? { width: height, height: width } : { width, height };

const checkPixels = ({ width, height, pages = 1 }: Metadata, megapixels: number): void => {
  const most = megapixels * 1_000_000;
  if (width * height > most)
    throw new Damaged(
      `it has ${count(width)} × ${count(height)} pixels, and at most ${count(megapixels)} million are taken. Make it smaller`,
    );
  if (width * height * pages > most * maxFrames)
    throw new Damaged(
      `its ${count(pages)} frames have ${count(width)} × ${count(height)} pixels each, and at most ${count(megapixels * maxFrames)} million are taken in all. Make it shorter or smaller`,
    );
};

/** What libvips says, without the name of its loader. */
const explain = (error: unknown): Damaged => {
  const said = error instanceof Error ? error.message : String(error);
  const short =
    said
      .split('\n')[0]
      ?.replace(/^.*?: /, '')
      .trim() ?? '';
  return new Damaged(`it is damaged or cut off (${short || 'it cannot be decoded'})`);
};

const decoded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Damaged ? error : explain(error);
  }
};

const thumbOf = (image: Sharp): Promise<Buffer> =>
  image
    .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toBuffer();

const jpegOf = (image: Sharp, quality: number): Promise<Buffer> =>
  image.flatten({ background: '#fff' }).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();

/** In a form that every provider takes: png or jpeg, upright, sRGB, not animated, and not too large. */
const sentOf = async (pixels: () => Sharp, keepsAlpha: boolean): Promise<Buffer> => {
  const png = keepsAlpha ? await pixels().png({ compressionLevel: 6 }).toBuffer() : null;
  if (png && png.length <= maxSentBytes) return png;
  const jpeg = await jpegOf(pixels(), 90);
  return jpeg.length <= maxSentBytes ? jpeg : await jpegOf(pixels(), 60);
};

/** Reads an image from its file, which has so many bytes. Throws `Damaged`. */
export const readImage = async (
  file: string,
  { format, bytes, megapixels }: { format: ImageFormat; bytes: number; megapixels: number },
): Promise<ReadImage> => {
  const meta = await decoded(() => sharp(file, { limitInputPixels: false, failOn: 'error' }).metadata());
  checkPixels(meta, megapixels);
  const open = (): Sharp =>
    sharp(file, { limitInputPixels: Math.ceil(megapixels * 1_000_000), sequentialRead: true, failOn: 'error' })
      .autoOrient()
      .toColourspace('srgb');
  const size = sizeOf(meta);
  const isLarge = Math.max(size.width, size.height) > sentSide;
  const isPlain =
    (format === 'png' || format === 'jpeg') && meta.space !== 'cmyk' && (meta.orientation ?? 1) === 1 && !isLarge;
  return await decoded(async () => {
    if (isPlain && bytes <= maxSentBytes) return { ...size, thumb: await thumbOf(open()), sent: null };
    // Decoded once: what is sent and its thumbnail are made of the same pixels.
    const { data, info } = await open()
      .resize(sentSide, sentSide, { fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    const pixels = (): Sharp => sharp(data, { raw });
    const keepsAlpha = meta.hasAlpha === true && !isLarge;
    return { ...size, sent: await sentOf(pixels, keepsAlpha), thumb: await thumbOf(pixels()) };
  });
};
