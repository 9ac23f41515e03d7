import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mostFileCharacters } from '../../contracts/attachments.ts';
import type { AttachmentRow } from '../../store/attachments.ts';
import { Damaged } from '../damaged.ts';
import { type Content, kindOf, textOf } from '../kind-of.ts';
import type { Job, Output } from './job.ts';

type Made = { row: AttachmentRow; files: Partial<Record<Output, Buffer>> };

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const ofImage = async (bytes: Buffer, { format }: Extract<Content, { kind: 'image' }>, most: number): Promise<Made> => {
  const { readImage } = await import('./image.ts');
  const { content, thumb, sent, ...about } = await readImage(bytes, format, most);
  const row: AttachmentRow = { id: hashOf(content), kind: 'image', bytes: content.length, ...about };
  return { row, files: { content, thumb, ...(sent ? { sent } : {}) } };
};

const ofPdf = async (bytes: Buffer): Promise<Made> => {
  const { readPdf } = await import('./pdf.ts');
  const row = { kind: 'file', mediaType: 'application/pdf', bytes: bytes.length, ...(await readPdf(bytes)) } as const;
  return { row: { id: hashOf(bytes), ...row }, files: { content: bytes } };
};

const ofText = (bytes: Buffer, { encoding }: Extract<Content, { kind: 'text' }>): Made => {
  const whole = textOf(bytes, encoding);
  const text = whole.slice(0, mostFileCharacters).toWellFormed();
  const row = { kind: 'file', mediaType: 'text/plain', bytes: bytes.length, pages: null, text } as const;
  return { row: { id: hashOf(bytes), ...row, characters: whole.length }, files: { content: bytes } };
};

const make = async (bytes: Buffer, { megapixels }: Job['limits']): Promise<Made> => {
  const content = kindOf(bytes);
  if (content.kind === 'refused') throw new Damaged(content.why);
  if (content.kind === 'image') return await ofImage(bytes, content, megapixels);
  return content.kind === 'pdf' ? await ofPdf(bytes) : ofText(bytes, content);
};

/** Reads what was attached, and writes what is kept of it. Throws `Damaged` for what is not taken. */
export const readAttachment = async ({ input, folder, limits }: Job): Promise<AttachmentRow> => {
  const { row, files } = await make(await readFile(input), limits);
  for (const [name, bytes] of Object.entries(files))
    await writeFile(path.join(folder, name), bytes, { mode: 0o600, flush: true });
  return row;
};
