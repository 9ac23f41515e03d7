import type { NewChunk } from '../contracts/chunks.ts';
import type { Epoch, NewEpoch } from '../contracts/context/epoch.ts';
import type { Usage } from '../contracts/usage.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';
import { type Operation, operationKey } from './operations.ts';

const json = (
  summary: string,
): string => `coalesce(jsonb_agg(jsonb_build_object('epoch', e.epoch, 'id', e.id, 'kind', e.kind,
    'turn', e.turn, 'step', e.step, 'summary', ${summary}, 'reason', e.reason, 'failed', e.failed,
    'made', jsonb_build_object('turn', e.made_turn, 'step', e.made_step), 'predicted', e.predicted, 'usage', e.usage,
    'reported', e.reported, 'isStamped', e.stamped_by IS NOT NULL, 'createdAt', iso(e.created_at)) ORDER BY e.epoch), '[]')`;

const newest = `(SELECT max(epoch) FROM context_epochs WHERE session_id = $1 AND kind = 'compact' AND failed IS NULL)`;

/** A subquery, of the session $1. An earlier compaction is part of the newest. */
export const epochsInForce = `(SELECT ${json('e.summary')} FROM context_epochs e
  WHERE session_id = $1 AND (kind = 'prune' OR failed IS NOT NULL OR epoch = ${newest}))`;

export type LastRequest = {
  turn: number;
  step: number;
  model: string;
  units: number | null;
  predicted: number | null;
  window: number | null;
  /** US dollars for a million tokens that a cache would have served: what reading them again costs more. */
  price: number | null;
  /** US dollars for a million tokens. */
  rates: { input: number; output: number } | null;
  usage: Usage | null;
};

export type Window = { tokens: number; isExact: boolean };

export const contextQueries = (database: Database) => ({
  /** All of them, in order. */
  async epochs(sessionId: string): Promise<Epoch[]> {
    return one(
      await database.query<{ epochs: Epoch[] }>(
        `SELECT ${json(`CASE WHEN e.epoch = ${newest} THEN e.summary END`)} AS epochs FROM context_epochs e WHERE session_id = $1`,
        [sessionId],
      ),
    ).epochs;
  },

  /** What the last answered request says of its length; undefined before there is one. */
  async last(sessionId: string): Promise<LastRequest | undefined> {
    const [row] = await database.query<LastRequest>(
      `SELECT turn, step, name AS model, attributes -> 'units' AS units, attributes -> 'predicted' AS predicted,
         attributes -> 'window' AS window, attributes -> 'price' AS price, attributes -> 'rates' AS rates, attributes -> 'usage' AS usage
       FROM spans WHERE session_id = $1 AND kind = 'model' AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1`,
      [sessionId],
    );
    return row;
  },

  /** In the middle of an attempt. False, and nothing is written, if another one has the fence. */
  async add(operation: Operation, fence: number, epoch: NewEpoch, chunks: NewChunk[]): Promise<boolean> {
    const [row] = await database.query<{ added: boolean }>('SELECT add_epoch($1, $2, $3, $4, $5) AS added', [
      operation.sessionId,
      operationKey(operation),
      fence,
      toJson(epoch),
      toJson(chunks),
    ]);
    return row?.added === true;
  },

  /**
   * How many tokens a model takes, where a refusal has said so. It counts for a day: a server may have been restarted
   * with more, and nothing but a longer request would tell.
   */
  async window(key: string, model: string): Promise<Window | null> {
    const [row] = await database.query<Window>(
      `SELECT tokens, is_exact AS "isExact" FROM model_windows
       WHERE key = $1 AND model = $2 AND learned_at > now() - interval '1 day'`,
      [key, model],
    );
    return row ?? null;
  },

  /** A number named by a provider is kept until it names another; of estimates, the last one. */
  async learn(key: string, model: string, { tokens, isExact }: Window): Promise<void> {
    await database.query(
      `INSERT INTO model_windows (key, model, tokens, is_exact) VALUES ($1, $2, $3, $4)
       ON CONFLICT (key, model) DO UPDATE SET tokens = excluded.tokens, is_exact = excluded.is_exact, learned_at = now()
       WHERE excluded.is_exact OR NOT model_windows.is_exact OR model_windows.learned_at < now() - interval '1 day'`,
      [key, model, tokens, isExact],
    );
  },
});
