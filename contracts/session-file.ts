import { z } from 'zod';
import { AttachmentId } from './attachments.ts';
import { ChunkBody } from './chunks.ts';
import { Epoch } from './context/epoch.ts';
import { OneLine } from './one-line.ts';
import { permissions } from './tools.ts';

/**
 * A session as a file of JSON Lines: a head, each settled turn followed by its chunks, the epochs of the context, what was
 * attached, and an end that counts them. It is a conversation to read and to continue from; nothing in it is run.
 */
export const sessionFileVersion = 1;

export const sessionFileLimits = {
  /** In characters. */
  line: 8 * 1024 * 1024,
  /** In bytes. */
  file: 128 * 1024 * 1024,
  /** In bytes, of an attachment on one line. */
  piece: 3 * 1024 * 1024,
  attachments: 1000,
  turns: 10_000,
  chunks: 200_000,
  epochs: 10_000,
} as const;

const Moment = z.iso.datetime().refine((text) => {
  const year = new Date(text).getUTCFullYear();
  return year >= 1970 && year <= 9999;
}, 'a moment between 1970 and 9999');

export const SessionHead = z.strictObject({
  type: z.literal('session'),
  version: z.literal(sessionFileVersion),
  title: z.string().max(1000),
  /** As the session had them. The importer decides again. */
  agent: z.string().max(100),
  model: z.string().max(1000),
  allow: z.array(z.enum(permissions)).max(3),
  workspace: z.string().max(10_000),
  createdAt: Moment,
});

const TurnLine = z.strictObject({
  type: z.literal('turn'),
  turn: z.int().positive().max(sessionFileLimits.turns),
  status: z.enum(['completed', 'failed', 'cancelled']),
  code: z.string().max(100).nullable(),
  startedAt: Moment,
  endedAt: Moment,
});
export type TurnLine = z.infer<typeof TurnLine>;

const place = { turn: z.int().positive().max(sessionFileLimits.turns), step: z.int().nonnegative().max(1_000_000) };

const ChunkLine = z.strictObject({
  type: z.literal('chunk'),
  ...place,
  ordinal: z.int().nonnegative().max(2_000_000_000),
  at: Moment,
  body: ChunkBody,
});
export type ChunkLine = z.infer<typeof ChunkLine>;

/** What decides how the transcript is sent. Its usage stays with the installation that paid. */
const EpochLine = z.strictObject({
  type: z.literal('epoch'),
  ...Epoch.pick({ kind: true, summary: true, reason: true, failed: true, predicted: true }).shape,
  epoch: z.int().positive().max(sessionFileLimits.epochs),
  ...place,
  made: z.strictObject(place),
  at: Moment,
});
export type EpochLine = z.infer<typeof EpochLine>;

const AttachmentLine = z.strictObject({
  type: z.literal('attachment'),
  id: AttachmentId,
  /** Its bytes are on so many lines, in order. */
  part: z.int().positive(),
  parts: z.int().positive().max(1000),
  /** In base64. */
  data: z.base64(),
});
export type AttachmentLine = z.infer<typeof AttachmentLine>;

const count = z.int().nonnegative();

const EndLine = z.strictObject({
  type: z.literal('end'),
  turns: count,
  chunks: count,
  epochs: count.optional(),
  attachments: count.optional(),
});

export const SessionLine = z.discriminatedUnion('type', [
  SessionHead,
  TurnLine,
  ChunkLine,
  EpochLine,
  AttachmentLine,
  EndLine,
]);
export type SessionLine = z.infer<typeof SessionLine>;

export type SessionFile = {
  head: z.infer<typeof SessionHead>;
  turns: TurnLine[];
  chunks: ChunkLine[];
  epochs: EpochLine[];
};

export const ImportQuery = z.object({
  workspace: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('An absolute path. Default: the folder in which the stack was started.'),
  title: OneLine.max(200).optional(),
  agent: z.string().min(1).max(100).optional(),
});

export const ImportedSession = z.object({
  id: z.string(),
  turns: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  /** Chunks of usage. They stay with the installation that paid. */
  skippedUsage: z.int().nonnegative(),
});
export type ImportedSession = z.infer<typeof ImportedSession>;
