import { z } from 'zod';
import type { KeptImage } from '../../../contracts/attachments.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import type { ToolContext } from '../tool.ts';
import { plainText } from './plain-text.ts';

const mostImages = 8;

const ImagePart = z.object({ type: z.literal('image'), data: z.string() });

/**
 * The images of an answer, checked and kept like every attachment: the model is shown them. What is said of their type does
 * not count. `notes`: why one is not shown.
 */
export const imagesIn = async (
  content: readonly unknown[],
  { attachments }: Pick<ToolContext, 'attachments'>,
): Promise<{ images: KeptImage[]; notes: string[] }> => {
  const images: KeptImage[] = [];
  const notes: string[] = [];
  if (!attachments) return { images, notes };
  const parts = content.flatMap((part) => ImagePart.safeParse(part).data ?? []);
  for (const [index, { data }] of parts.slice(0, mostImages).entries()) {
    try {
      const kept = await attachments.add(Buffer.from(data, 'base64'), `image-${index + 1}`);
      if (kept.kind !== 'image') throw new EverturnError('attachment_refused', 'its content is not that of an image');
      const { kind: _kind, ...image } = kept;
      images.push(image);
    } catch (error) {
      if (!(error instanceof EverturnError)) throw error;
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      notes.push(`[Image ${index + 1} is not shown: ${plainText(why, 300)}]`);
    }
  }
  if (parts.length > mostImages) notes.push(`[Of ${parts.length} images the first ${mostImages} are shown]`);
  return { images, notes };
};
