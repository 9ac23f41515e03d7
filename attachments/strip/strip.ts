import type { ImageFormat } from '../kind-of.ts';
import { stripGif } from './gif.ts';
import { stripJpeg } from './jpeg.ts';
import { stripPng } from './png.ts';
import { stripWebp } from './webp.ts';

const strippers: Record<ImageFormat, (bytes: Buffer) => Buffer[]> = {
  gif: stripGif,
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
};

/**
 * The pieces of an image without its metadata: the bytes of the picture stay as they are, so that nothing is lost, and the same picture
 * stripped again is the same bytes. Throws `Damaged`.
 */
export const stripImage = (bytes: Buffer, format: ImageFormat): Buffer[] => strippers[format](bytes);
