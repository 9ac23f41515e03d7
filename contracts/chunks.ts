import { z } from 'zod';
import { KeptFile, KeptImage } from './attachments.ts';
import { CommandResult } from './command-result.ts';
import { UsageBody } from './usage-chunk.ts';

/**
 * What a provider sent beside a part of its reply and wants to see again, such as a signature. It is sent back to that
 * provider alone.
 */
const Attached = z.object({
  /** The key of everturn.yaml and the family of models that it came from, such as `deepseek/deepseek`. */
  from: z.string(),
  /** Of thinking: the field of the message in which it came, such as `reasoning_content`. */
  as: z.string().optional(),
  /** Fields of the assistant message. */
  message: z.record(z.string(), z.unknown()).optional(),
  /** Fields of the tool call. */
  call: z.record(z.string(), z.unknown()).optional(),
});
export type Attached = z.infer<typeof Attached>;
const attached = Attached.optional();

/**
 * What the runtime itself says in a conversation. `notice`: something happened that a reader should know. `guard`: a loop
 * guard or a budget spoke up, or ended the turn.
 */
export const systemLabels = [
  'notice',
  'model-changed',
  'config-reload',
  'tools-changed',
  'cancelled',
  'compacted',
  'guard',
] as const;

/**
 * The transcript: one row per chunk, append-only. A body is the content of the row, without its place. Bytes of images
 * and files are kept beside the database (`attachments/`); a body names them.
 */
const bodies = {
  text: z.object({ kind: z.literal('text'), role: z.enum(['user', 'assistant']), text: z.string(), attached }),
  thinking: z.object({ kind: z.literal('thinking'), text: z.string(), attached }),
  toolCall: z.object({
    kind: z.literal('tool_call'),
    callId: z.string(),
    tool: z.string(),
    /** Exactly the text the model wrote; it may be malformed JSON. Sent back to the model byte for byte. */
    arguments: z.string(),
    /** False: the reply ended before the call was whole, so it must not run. */
    isWhole: z.literal(false).optional(),
    attached,
  }),
  toolResult: z.object({
    kind: z.literal('tool_result'),
    callId: z.string(),
    tool: z.string(),
    status: z.enum(['ok', 'error', 'denied', 'interrupted', 'cancelled']),
    text: z.string(),
    durationMs: z.number().nonnegative(),
    /** Of an accepted result that was not handed in as the schema asks: JSON of the value it was taken for. */
    taken: z.string().optional(),
    /** What the model is shown beside the text. */
    images: z.array(KeptImage).optional(),
    /** Of files that it changed: shown to people, not sent to the model. */
    diff: z.string().optional(),
    /** Of `run_command`: how it ended, and what it wrote on each stream. */
    command: CommandResult.optional(),
  }),
  image: KeptImage.extend({ kind: z.literal('image'), role: z.enum(['user', 'assistant']) }),
  /** Attached by the user. */
  file: KeptFile.extend({ kind: z.literal('file') }),
  error: z.object({ kind: z.literal('error'), code: z.string(), message: z.string() }),
  system: z.object({
    kind: z.literal('system'),
    /** Rows of earlier releases may hold other labels: those are notices. */
    label: z.enum(systemLabels).catch('notice'),
    text: z.string(),
    /** Why, as a code of the error table. */
    code: z.string().optional(),
    /** It is also sent to the model, as a user message before its reply. Such a chunk ends nothing. */
    isSaid: z.literal(true).optional(),
  }),
  usage: UsageBody,
};

export const ChunkBody = z.discriminatedUnion('kind', [
  bodies.text,
  bodies.thinking,
  bodies.toolCall,
  bodies.toolResult,
  bodies.image,
  bodies.file,
  bodies.error,
  bodies.system,
  bodies.usage,
]);
export type ChunkBody = z.infer<typeof ChunkBody>;

/**
 * The place of a chunk. `seq` counts the session's chunks from 1 without holes. `step` 0 holds what came before
 * the first model request (the user's message); `ordinal` counts within (turn, step), a tool's result after all
 * chunks of the model's reply, at the place of its call.
 */
const place = {
  seq: z.int().positive(),
  turn: z.int().positive(),
  step: z.int().nonnegative(),
  ordinal: z.int().nonnegative(),
};

export const Chunk = z.object({ ...place, at: z.iso.datetime(), body: ChunkBody });
export type Chunk = z.infer<typeof Chunk>;

/** A chunk without its time. */
export type PlacedChunk = Omit<Chunk, 'at'>;

/** A chunk before the log has given it its `seq` and time. */
export type NewChunk = Pick<Chunk, 'ordinal' | 'body'>;

export type ToolCallBody = z.infer<typeof bodies.toolCall>;
export type SystemBody = z.infer<typeof bodies.system>;
export type SystemLabel = SystemBody['label'];
export type ToolResultBody = z.infer<typeof bodies.toolResult>;

/** `usage` rows are in the log but not in the conversation, its pages or its counts. */
export const isConversation = (chunk: Chunk): boolean => chunk.body.kind !== 'usage';

/** The attachments that a chunk names. */
export const attachmentsIn = (body: ChunkBody): string[] => {
  if (body.kind === 'image' || body.kind === 'file') return [body.attachmentId];
  return body.kind === 'tool_result' ? (body.images ?? []).map(({ attachmentId }) => attachmentId) : [];
};

/** The ordinal of the result of a step's call number `call`, counted from 0. */
export const resultOrdinal = (call: number): number => 10_000 + call;

/** Of the requests to models that a call made, at most a hundred. */
export const usageOrdinal = (call: number, index: number): number => 100_000 + call * 100 + index;

/** Of what is said at a turn's end: after every ordinal of a reply and of the results of its calls. */
export const lastOrdinal = 1_000_000;

export const ChunkPage = z.object({
  chunks: z.array(Chunk),
  /** Chunks of the conversation in the whole session. */
  total: z.int().nonnegative(),
  /** The smallest `seq` in this page; null for an empty one. Pass it as `before` to get the page before. */
  oldestSeq: z.int().positive().nullable(),
});
export type ChunkPage = z.infer<typeof ChunkPage>;
