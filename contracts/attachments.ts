import { z } from 'zod';
import { OneLine } from './one-line.ts';

/** SHA-256 of the bytes that are kept. */
export const AttachmentId = z.string().regex(/^[0-9a-f]{64}$/, 'the id of an attachment: 64 hexadecimal digits');

export const AttachmentName = OneLine.min(1).max(200);

const kept = {
  attachmentId: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int().nonnegative(),
};

/** An image where it is shown: what a reader needs to know before its bytes come. */
export const KeptImage = z.object({ ...kept, width: z.int().positive(), height: z.int().positive() });
export type KeptImage = z.infer<typeof KeptImage>;

export const KeptFile = z.object({
  ...kept,
  /** Of a PDF. */
  pages: z.int().nonnegative().nullable(),
  /** What a model reads of it. */
  text: z.string(),
  /** Of the whole text; more than `text` has where it was cut. */
  characters: z.int().nonnegative(),
});
export type KeptFile = z.infer<typeof KeptFile>;

/** As it was accepted. A file's text is in the transcript of the messages that it is sent with. */
export const Attachment = z.discriminatedUnion('kind', [
  KeptImage.extend({ kind: z.literal('image') }),
  KeptFile.omit({ text: true }).extend({ kind: z.literal('file') }),
]);
export type Attachment = z.infer<typeof Attachment>;

/** An attachment as a message names it. */
export const AttachmentRef = z.strictObject({ id: AttachmentId, name: AttachmentName });
export type AttachmentRef = z.infer<typeof AttachmentRef>;

export const AttachQuery = z.object({
  name: AttachmentName.default('attachment').describe('The name of the file, without its folders.'),
});

/** `thumb`: at most 300 pixels on the longest side. Images only. */
export const AttachmentQuery = z.object({ size: z.enum(['whole', 'thumb']).default('whole') });

/** The media type in which the bytes are sent: their content decides what they are. */
export const attachType = 'application/octet-stream';
