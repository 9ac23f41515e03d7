import { z } from 'zod';
import { Usage } from '../usage.ts';

/** A step of the transcript. */
const place = { turn: z.int().positive(), step: z.int().nonnegative() };
export type StepPlace = { turn: number; step: number };

export const isAfter = (a: StepPlace, b: StepPlace): boolean =>
  a.turn > b.turn || (a.turn === b.turn && a.step > b.step);

export const EpochKind = z.enum(['prune', 'compact']);
export type EpochKind = z.infer<typeof EpochKind>;

/** Tokens of the request without and with an epoch, those to be read again, and what reading them costs in US dollars. */
export const Predicted = z.object({
  before: z.int().nonnegative(),
  after: z.int().nonnegative(),
  reread: z.int().nonnegative(),
  cost: z.number().nonnegative().nullable(),
  /** Before a compaction: tokens of the request that writes the summary, and what they cost. Its usage says so afterwards. */
  writing: z
    .object({ input: z.int().nonnegative(), output: z.int().nonnegative(), cost: z.number().nonnegative().nullable() })
    .optional(),
});
export type Predicted = z.infer<typeof Predicted>;

/**
 * A declared change of what is sent of a transcript, which breaks the prefix of requests once: `prune` leaves out long tool
 * results up to the end of a step, `compact` sends a summary in place of everything up to it.
 */
export const Epoch = z.object({
  epoch: z.int().positive(),
  /** Stamped on the usage of the next request that is answered. */
  id: z.string(),
  kind: EpochKind,
  ...place,
  /** Only of the newest compaction; earlier ones are part of it. */
  summary: z.string().nullable(),
  /** `mark`: above the high mark. `window`: the request could not fit. `overflow`: a provider refused it. `asked`: a user. */
  reason: z.enum(['mark', 'window', 'overflow', 'asked']),
  /** Why it came to nothing; null: it is in force. */
  failed: z.string().nullable(),
  /** The step that made it. */
  made: z.object(place),
  predicted: Predicted,
  /** Of the model call that wrote the summary. */
  usage: Usage.nullable(),
  /** What the provider counted in the request that has the stamp. */
  reported: Usage.nullable(),
  isStamped: z.boolean(),
  createdAt: z.string(),
});
export type Epoch = z.infer<typeof Epoch>;

/** An epoch before it is written. */
export type NewEpoch = Pick<
  Epoch,
  'id' | 'kind' | 'turn' | 'step' | 'summary' | 'reason' | 'failed' | 'predicted' | 'usage'
>;
