import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { imageFormatOf } from '../../attachments/kind-of.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { failed } from './failed.ts';
import { readWhole } from './open-file.ts';
import { formatBytes, quote } from './text.ts';
import type { ToolContext, ToolResult } from './tool.ts';

const maxMarkLength = 12;

const whyNot = (error: EverturnError): string => (error.cause instanceof Error ? error.cause.message : error.message);

/** Shows an image to the model. Null: the file is none, by its content. */
export const readImage = async (
  handle: FileHandle,
  shown: string,
  { attachments }: Pick<ToolContext, 'attachments'>,
): Promise<ToolResult | null> => {
  if (!attachments) return null;
  const { buffer } = await handle.read({ buffer: Buffer.alloc(maxMarkLength), position: 0 });
  if (!imageFormatOf(buffer)) return null;
  const most = attachments.limits().bytes;
  const bytes = await readWhole(handle, most);
  if (!bytes) throw failed(`it is an image of more than ${formatBytes(most)}; make it smaller with a command`);
  try {
    const image = await attachments.add(bytes, basename(shown));
    if (image.kind !== 'image') return null;
    const { kind: _kind, ...kept } = image;
    const about = `${image.mediaType}, ${image.width} × ${image.height} pixels, ${formatBytes(image.bytes)}`;
    return { status: 'ok', text: `[${quote(shown)} is an image: ${about}. It is shown after this]`, images: [kept] };
  } catch (error) {
    if (error instanceof EverturnError) throw failed(`it is an image, and ${whyNot(error)}`, error);
    throw error;
  }
};
