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

/** Written piece by piece: together they would take the memory of the whole once more. */
const writeContent = async (to: Folder, pieces: readonly Buffer[]): Promise<{ id: string; bytes: number }> => {
  const hash = createHash('sha256');
  const file = await open(fileOf(to, 'content'), 'w', 0o600);
  try {
    for (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { id: hash.digest('hex'), bytes: pieces.reduce((sum, { length }) => sum + length, 0) };
};

const readText = async (job: Job, bytes: Buffer, encoding: Parameters<typeof textOf>[1]): Promise<AttachmentRow> => {
  const whole = textOf(bytes, encoding);
  return {
    ...(await writeContent(job, [bytes])),
    kind: 'file',
    mediaType: 'text/plain',
    pages: null,
    text: whole.slice(0, maxFileCharacters).toWellFormed(),
    characters: whole.length,
  };
};

/** What the bytes are. Those of an image are given up with it: it is decoded from its file. */
const keep = async (job: Job): Promise<AttachmentRow | { id: string; bytes: number; format: ImageFormat }> => {
  const bytes = await readFile(job.input);
  const content = kindOf(bytes);
  if (content.kind === 'refused') throw new Damaged(content.why);
  if (content.kind === 'image')
    return { ...(await writeContent(job, stripImage(bytes, content.format))), format: content.format };
  if (content.kind === 'text') return await readText(job, bytes, content.encoding);
  const { readPdf } = await import('./pdf.ts');
  const kept = await writeContent(job, [bytes]);
  return { ...kept, kind: 'file', mediaType: 'application/pdf', ...(await readPdf(bytes)) };
};

/** Reads what was attached, and writes what is kept of it. Throws `Damaged` for what is not taken. */
export const readAttachment = async (job: Job): Promise<AttachmentRow> => {
  const kept = await keep(job);
  if (!('format' in kept)) return kept;
  const { id, bytes, format } = kept;
  globalThis.gc?.();
  const { readImage } = await import('./image.ts');
  const { megapixels } = job.limits;
  const { thumb, sent, ...size } = await readImage(fileOf(job, 'content'), { format, bytes, megapixels });
  await write(job, 'thumb', thumb);
  if (sent) await write(job, 'sent', sent);
  return { id, kind: 'image', mediaType: `image/${format}`, bytes, ...size };
};
