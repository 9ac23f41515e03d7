import { z } from 'zod';

/** Why a key is not asked for a while. */
export const MarkReason = z.enum(['unauthorized', 'forbidden', 'payment', 'quota', 'rate_limit', 'overload']);
export type MarkReason = z.infer<typeof MarkReason>;

export const reasonWords: Record<MarkReason, string> = {
  unauthorized: 'the provider refused the key',
  forbidden: 'the provider forbids this key what was asked',
  payment: 'the account has no credit',
  quota: 'the quota is used up',
  rate_limit: 'too many requests',
  overload: 'the provider is overloaded',
};

export const KeyMark = z.object({
  /** The only model that is affected; null: all models of the key. */
  model: z.string().nullable(),
  reason: MarkReason,
  /** Of the error table. */
  code: z.string(),
  /** The HTTP status, where there was one. */
  status: z.int().nullable(),
  /** The model that was asked. */
  asked: z.string(),
  /** What the provider said, without the key. */
  said: z.string(),
  /** Whether the provider has said until when. */
  isTold: z.boolean(),
  /** Failures in a row. */
  failures: z.int().positive(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
});
export type KeyMark = z.infer<typeof KeyMark>;

/** A key of everturn.yaml, never the secret itself. */
export const Key = z.object({
  name: z.string(),
  baseUrl: z.string(),
  /** The environment variable that holds the secret. */
  apiKeyEnv: z.string().nullable(),
  /** The names of the models that are asked with it. */
  models: z.array(z.string()),
  /** Empty for a key that can be asked. */
  marks: z.array(KeyMark),
});
export type Key = z.infer<typeof Key>;

export const KeyList = z.object({ keys: z.array(Key) });
export type KeyList = z.infer<typeof KeyList>;

/** What everturn.yaml says about a key. */
export type ConfiguredKey = Omit<Key, 'marks'>;

/** A moment as notices and tables say it. */
export const momentOf = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
