import { EverturnError } from '../../contracts/errors.ts';
import type { MarkReason } from '../../contracts/keys.ts';
import type { NewMark, Pause } from '../../store/keys.ts';
import type { ModelClient } from './client.ts';

/** No provider means more than a year. */
const maxMs = 366 * 86_400_000;
const second = 1000;
const minute = 60 * second;

/** Milliseconds that a key rests after its first failure, and at most, where the provider does not say until when. */
const pauses: Record<MarkReason, Omit<Pause, 'toldMs'>> = {
  unauthorized: { firstMs: minute, maxMs: 60 * minute },
  forbidden: { firstMs: minute, maxMs: 60 * minute },
  payment: { firstMs: 5 * minute, maxMs: 60 * minute },
  quota: { firstMs: 5 * minute, maxMs: 60 * minute },
  rate_limit: { firstMs: 10 * second, maxMs: 10 * minute },
  overload: { firstMs: 5 * second, maxMs: 5 * minute },
};

type Facts = { status: number | null; kind: string; said: string; toldMs: number | null };

const quotaWords =
  /insufficient[_ ](quota|balance|credit|funds)|exceeded your current quota|quota (is )?(exceeded|exhausted|used up)|out of credits|credit balance|billing|usage limit|spending limit|(daily|weekly|monthly) limit|limit (is )?exhausted/i;
/** Google says RESOURCE_EXHAUSTED for too many requests as well, and then for how long. */
const overloadWords = /overload|over capacity|at capacity|server (is )?busy|slow down/i;
const moderationWords = /moderation|flagged|content policy|safety/i;
/** The gateway passes on what a provider behind it said about one model. */
const upstreamWords = /upstream|provider returned error/i;

/** Where neither status nor words decide: an error in the middle of a stream has a status that was guessed. */
const kinds: Record<string, MarkReason> = { auth: 'unauthorized', quota: 'quota', rate_limit: 'rate_limit' };

const numberOf = (value: unknown): number | null => (typeof value === 'number' && !Number.isNaN(value) ? value : null);

const factsOf = ({ details = {}, message }: EverturnError): Facts => {
  const told = numberOf(details.retryAfterMs);
  return {
    status: numberOf(details.status),
    kind: typeof details.kind === 'string' ? details.kind : '',
    said: saidIn(message, details.said),
    toldMs: told === null ? null : Math.min(Math.max(0, told), maxMs),
  };
};

/** What the provider said, without what we wrote around it. */
const saidIn = (message: string, said: unknown): string =>
  typeof said === 'string' ? said : message.replace(/^Asking the model ".*?" at \S+ failed: /, '');

const reasonOf = (code: string, { status, kind, said, toldMs }: Facts): MarkReason | null => {
  // What was refused was the request: another one may pass.
  if (kind === 'refusal' || kind === 'overflow') return null;
  if (status === 402) return 'payment';
  if (status === 401) return 'unauthorized';
  if (status === 403) return moderationWords.test(said) ? null : quotaWords.test(said) ? 'quota' : 'forbidden';
  if (status === 429) {
    if (quotaWords.test(said)) return 'quota';
    return overloadWords.test(said) ? 'overload' : 'rate_limit';
  }
  if (status === 529) return 'overload';
  if (status !== null && status >= 500) return overloadWords.test(said) || toldMs !== null ? 'overload' : null;
  // Some providers say that the account is empty with 400.
  if (status === 400 && /credit balance|insufficient[_ ](quota|balance|credit)/i.test(said)) return 'payment';
  if (code === 'model_unauthorized') return 'unauthorized';
  return code === 'model_rate_limited' ? 'rate_limit' : (kinds[kind] ?? null);
};

export type Marking = { mark: NewMark; pause: Pause };

/** What the provider said, for notices. */
export const saidBy = (error: unknown): string =>
  error instanceof EverturnError ? factsOf(error).said : error instanceof Error ? error.message : String(error);

/** How a failure marks the key that was used; null when it says nothing about the key. */
export const markingOf = (error: unknown, { name, key }: Pick<ModelClient, 'name' | 'key'>): Marking | null => {
  if (!(error instanceof EverturnError) || !error.code.startsWith('model_')) return null;
  const facts = factsOf(error);
  const reason = reasonOf(error.code, facts);
  if (reason === null) return null;
  const isOfModel = (reason === 'rate_limit' || reason === 'overload') && upstreamWords.test(facts.said);
  return {
    mark: {
      key: key.name,
      fingerprint: key.fingerprint,
      model: isOfModel ? name : null,
      reason,
      code: error.code,
      status: facts.status,
      asked: name,
      said: facts.said,
    },
    pause: { ...pauses[reason], toldMs: facts.toldMs },
  };
};

/** Whether a key that was marked for this reason recovers by waiting. */
export const returnsByItself = ({ reason, isTold }: { reason: MarkReason; isTold: boolean }): boolean =>
  reason === 'rate_limit' || reason === 'overload' || (reason === 'quota' && isTold);
