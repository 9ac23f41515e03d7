import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { maxFileCharacters } from '../../contracts/attachment-limits.ts';
import type { AttachmentRow } from '../../store/attachments.ts';
import { Damaged } from '../damaged.ts';
import { type ImageFormat, kindOf, textOf } from '../kind-of.ts';
import { stripImage } from '../strip/strip.ts';
import type { Job, Output } from './job.ts';

type Folder = Pick<Job, 'folder'>;

const fileOf = ({ folder }: Folder, output: Output): string => path.join(folder, output);

const write = (to: Folder, output: Output, bytes: Buffer): Promise<void> =>
  writeFile(fileOf(to, output), bytes, { mode: 0o600, flush: true });

type Written = { id: string; bytes: number; flushed: Promise<void> };

/** Written piece by piece: together they would take the memory of the whole once more. Flushed while it is read. */
const writeContent = async (to: Folder, pieces: readonly Buffer[]): Promise<Written> => {
  const hash = createHash('sha256');
  const file = await open(fileOf(to, 'content'), 'w', 0o600);
  try {
    for (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  const flushed = file.sync().finally(() => file.close());
  // Awaited with what is read of it, which may fail first.
  flushed.catch(() => undefined);
  return { id: hash.digest('hex'), bytes: pieces.reduce((sum, { length }) => sum + length, 0), flushed };
};

const readText = (bytes: Buffer, encoding: Parameters<typeof textOf>[1]) => {
  const whole = textOf(bytes, encoding);
  return {
    mediaType: 'text/plain',
    pages: null,
    text: whole.slice(0, maxFileCharacters).toWellFormed(),
    characters: whole.length,
  };
};

/** What the bytes are. Those of an image are given up with it: it is decoded from its file. */
const keep = async (job: Job): Promise<AttachmentRow | (Written & { format: ImageFormat })> => {
  const bytes = await readFile(job.input);
  const content = kindOf(bytes);
  if (content.kind === 'refused') throw new Damaged(content.why);
  if (content.kind === 'image')
    return { ...(await writeContent(job, stripImage(bytes, content.format))), format: content.format };
  const { flushed, ...written } = await writeContent(job, [bytes]);
  const read =
    content.kind === 'text'
      ? readText(bytes, content.encoding)
      : { mediaType: 'application/pdf', ...(await (await import('./pdf.ts')).readPdf(bytes)) };
  await flushed;
  return { ...written, kind: 'file', ...read };
};

/** Reads what was attached, and writes what is kept of it. Throws `Damaged` for what is not taken. */
export const readAttachment = async (job: Job): Promise<AttachmentRow> => {
  const kept = await keep(job);
  if (!('format' in kept)) return kept;
  const { id, bytes, format, flushed } = kept;
  globalThis.gc?.();
  const { readImage } = await import('./image.ts');
  const { megapixels } = job.limits;
  const { thumb, sent, ...size } = await readImage(fileOf(job, 'content'), { format, bytes, megapixels });
  await Promise.all([write(job, 'thumb', thumb), sent && write(job, 'sent', sent), flushed]);
  return { id, kind: 'image', mediaType: `image/${format}`, bytes, ...size };
};
