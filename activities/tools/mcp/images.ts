import { z } from 'zod';
import { EverturnError } from '../../../contracts/errors.ts';
import type { ToolContext, ToolResult } from '../tool.ts';
import { plainText } from './plain-text.ts';

const Image = z.object({ type: z.literal('image'), data: z.string() });
const ImageFile = z.object({
  type: z.literal('resource'),
  resource: z.object({ blob: z.string(), mimeType: z.string().regex(/^image\/(png|jpeg|webp|gif)$/i) }),
});

const imageIn = (part: unknown): string[] => {
  const image = Image.safeParse(part).data?.data ?? ImageFile.safeParse(part).data?.resource.blob;
  return image === undefined ? [] : [image];
};

const maxImages = 10;

/** The result with the images of an answer; one that is not taken is named with the reason, and the rest holds. */
export const showImages = async (
  result: ToolResult,
  content: readonly unknown[],
  { name, attachments }: { name: string } & Pick<ToolContext, 'attachments'>,
): Promise<ToolResult> => {
  const found = content.flatMap(imageIn);
  if (!attachments || found.length === 0) return result;
  const images: NonNullable<ToolResult['images']> = [];
  const notes: string[] = [];
  for (const [index, data] of found.slice(0, maxImages).entries()) {
    try {
      const image = await attachments.add(Buffer.from(data, 'base64'), `${name}-${index + 1}`);
      if (image.kind === 'image') {
        const { kind: _kind, ...kept } = image;
        images.push(kept);
      } else notes.push(`[Image ${index + 1} is not shown: it is ${image.mediaType}]`);
    } catch (error) {
      if (!(error instanceof EverturnError)) throw error;
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      notes.push(`[Image ${index + 1} is not shown: ${plainText(why, 300)}]`);
    }
  }
  if (found.length > maxImages) notes.push(`[${found.length - maxImages} more images are not shown]`);
  return { ...result, text: [result.text, ...notes].join('\n'), ...(images.length > 0 ? { images } : {}) };
};
