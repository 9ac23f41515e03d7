import { open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type AttachmentLimits, attachmentLimits } from '../contracts/attachment-limits.ts';
import type { Attachment } from '../contracts/attachments.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { AttachmentRow, attachmentQueries } from '../store/attachments.ts';
import { Damaged } from './damaged.ts';
import { imageFormatOf } from './kind-of.ts';
import { createReader, type ReaderOptions } from './reading/reader.ts';
import { openShelf } from './shelf.ts';

type Rows = ReturnType<typeof attachmentQueries>;

export type AttachmentsOptions = {
  /** Where the bytes are: one folder for every process of the stack. */
  folder: string;
  rows: Rows;
  /** As everturn.yaml says now. Default: as it says without a file. */
  limits?: () => AttachmentLimits;
  reader?: ReaderOptions;
};

/** The bytes of an image as a model is sent them. */
export type SentImage = { mediaType: string; base64: string };

const formatMegabytes = (bytes: number): string => `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;

const tooLarge = (name: string, most: number): EverturnError =>
  new EverturnError(
    'attachment_too_large',
    `Cannot attach ${JSON.stringify(name)}: it has more than ${formatMegabytes(most)}. Make it smaller, or raise attachments.bytes in everturn.yaml`,
  );

const named = (row: AttachmentRow, name: string): Attachment => {
  if (row.kind === 'image') {
    const { id, kind, ...about } = row;
    return { kind, attachmentId: id, name, ...about };
  }
  const { id, kind, text: _text, ...about } = row;
  return { kind, attachmentId: id, name, ...about };
};

/** Remains of an abandoned upload are removed after this time; so are files without a row. */
const leftoverMs = 24 * 3_600_000;
const sweptAtOnce = 100;

/** The one keeper of what is attached: it is read in a process of its own, and kept by its content. */
export const openAttachments = ({
  folder,
  rows,
  limits = () => attachmentLimits,
  reader: readerOptions,
}: AttachmentsOptions) => {
  const shelf = openShelf(folder);
  const reader = createReader(readerOptions);

  /** Leaves the rest of what is too long where it is: its sender still gets an answer. */
  const write = async (from: Readable, to: string, name: string, most: number): Promise<void> => {
    let bytes = 0;
    const file = await open(to, 'wx', 0o600);
    try {
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        bytes += piece.length;
        if (bytes > most) throw tooLarge(name, most);
        await file.writeFile(piece);
      }
    } catch (error) {
      if (error instanceof EverturnError || !from.destroyed) throw error;
      const why = `Cannot attach ${JSON.stringify(name)}: the connection was cut after ${bytes} bytes. Send it again`;
      throw new EverturnError('bad_request', why, { cause: error });
    } finally {
      await file.close();
    }
  };

  const take = async (name: string, fill: (input: string) => Promise<void>): Promise<Attachment> => {
    reader.warm();
    const arrival = await shelf.arrival();
    try {
      const input = path.join(arrival, 'input');
      await fill(input);
      const row = await reader.read({ input, folder: arrival, limits: limits() });
      await rows.put(row, () => shelf.put(row.id, arrival));
      return named(row, name);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      throw new EverturnError('attachment_refused', `Cannot attach ${JSON.stringify(name)}: ${error.message}`, {
        cause: error,
      });
    } finally {
      await rm(arrival, { recursive: true, force: true });
    }
  };

  return {
    /** As it comes. Throws `attachment_too_large`, `attachment_refused`, `attachments_busy`. */
    receive: (from: Readable, name: string): Promise<Attachment> => {
      const { bytes } = limits();
      return take(name, (input) => write(from, input, name, bytes));
    },

    /** The same of bytes that are there. */
    add: async (bytes: Uint8Array, name: string): Promise<Attachment> => {
      const most = limits().bytes;
      if (bytes.length > most) throw tooLarge(name, most);
      return await take(name, (input) => writeFile(input, bytes, { mode: 0o600 }));
    },

    limits,
    tooLarge: (name: string): EverturnError => tooLarge(name, limits().bytes),

    find: rows.find,

    /** The bytes of one that is recorded; null where its file is not there. */
    open: (id: string, size: 'whole' | 'thumb') => shelf.open(id, size === 'thumb' ? 'thumb' : 'content'),

    content: (id: string): Promise<Buffer | null> => shelf.read(id, 'content'),

    /** Null: its file is not there. */
    async image(id: string): Promise<SentImage | null> {
      const bytes = (await shelf.read(id, 'sent')) ?? (await shelf.read(id, 'content'));
      const format = bytes && imageFormatOf(bytes);
      return bytes && format ? { mediaType: `image/${format}`, base64: bytes.toString('base64') } : null;
    },

    /** Removes what no session needs. Returns how many there were. */
    async sweep(): Promise<number> {
      let removed = 0;
      for (;;) {
        const swept = await rows.sweep(sweptAtOnce, shelf.remove);
        removed += swept;
        if (swept < sweptAtOnce) break;
      }
      await shelf.sweepArrivals(leftoverMs);
      return removed;
    },

    /**
     * Files without a row, as after a database was restored, become attachments that no session needs: they
     * are removed as those are.
     */
    async adoptStrays(): Promise<void> {
      for await (const ids of shelf.old(leftoverMs)) {
        const known = await rows.known(ids);
        await rows.adopt(ids.filter((id) => !known.has(id)));
      }
    },

    close: reader.close,
  };
};

export type Attachments = ReturnType<typeof openAttachments>;
