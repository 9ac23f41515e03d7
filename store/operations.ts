import { createHash } from 'node:crypto';
import type { Decision } from '../contracts/approvals.ts';
import type { NewChunk } from '../contracts/chunks.ts';
import type { NewEpoch } from '../contracts/context/epoch.ts';
import type { ErrorCode } from '../contracts/errors.ts';
import type { SessionEvent } from '../contracts/events.ts';
import { callKey, compactionKey, stepKey } from '../contracts/ids.ts';
import type { Because } from '../contracts/permissions/because.ts';
import type { AskedQuestion } from '../contracts/permissions/question.ts';
import type { Usage } from '../contracts/usage.ts';
import type { Database } from './database.ts';
import type { NewFileChange } from './file-changes.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';

/**
 * One model request (`call` null) or one tool call. `compaction`: a summary is written before the request; it counts the
 * epochs of the session before it.
 */
export type Operation = { sessionId: string; turn: number; step: number; call: number | null; compaction?: number };

/** Who runs an attempt, and what it takes to fail it from outside. */
export type Attempt = { workerId: string; taskToken: Uint8Array; workflowId: string; runId: string };

/** `next`: of a turn that has ended, the one that was assigned with its end. */
export type Begun<Result> =
  | { outcome: 'begun'; fence: number; failures: number; interrupted: boolean }
  | { outcome: 'sealed'; result: Result; next: number | null }
  | { outcome: 'closed'; next: number | null }
  | { outcome: 'cancelled' };

export type SpanEnd = { status: 'ok' | 'error' | 'cancelled'; attributes: Record<string, unknown> };

/** `changes`: what the call would do to files. */
export type AskedApproval = {
  call: number;
  tool: string;
  arguments: string;
  argumentsHash: string;
  /** What the user who decides should know beside the arguments. */
  about?: string;
  changes?: NewFileChange[];
  because?: Because;
  question?: AskedQuestion;
  deadlineMs?: number;
  /** A rule has decided: no question is asked. */
  decision?: Decision;
  note?: string;
  /** The denied call that a user has approved since. */
  late?: string;
};

/** A pause before the next attempt. */
export type Wait = Pick<Extract<SessionEvent, { type: 'step.waiting' }>, 'until' | 'code' | 'isAsked'>;

export type Seal = {
  fence: number;
  /** What the activity returns; small, it passes through Temporal. */
  result: unknown;
  chunks: NewChunk[];
  approvals?: AskedApproval[];
  /** Calls that the same attempt continues with: they begin in the same transaction, with fence 1. */
  calls?: { call: number; callId: string; tool: string }[];
  span: SpanEnd;
  /** Ends the turn in the same transaction; `failed` is its code. */
  settle?: 'completed' | { failed: ErrorCode };
  /** What it does to the context: an epoch that it has made, or the ids of those whose stamp its usage has. */
  context?: { epoch: NewEpoch } | { stamps: string[]; reported: Usage | null };
};

/** `superseded`: another attempt has the fence, or the turn ended; nothing was written. */
export type Sealed = { outcome: 'sealed' | 'superseded'; next: number | null };

export const operationKey = ({ sessionId, turn, step, call, compaction }: Operation): string => {
  if (compaction !== undefined) return compactionKey(sessionId, turn, step, compaction);
  return call === null ? stepKey(sessionId, turn, step) : callKey(sessionId, turn, step, call);
};

const place = (operation: Operation): unknown[] => [
  operationKey(operation),
  operation.sessionId,
  operation.turn,
  operation.step,
  operation.call,
];

export const operationQueries = (database: Database) => ({
  /** Starts an attempt and takes the fence. `interrupted`: an earlier attempt had begun and left no result. */
  async begin<Result>(
    operation: Operation,
    attempt: Attempt,
    options: { name: string; started: Record<string, unknown> },
  ): Promise<Begun<Result>> {
    const [row] = await database.query<{
      outcome: Begun<Result>['outcome'];
      result: Result;
      fence: number;
      failures: number;
      interrupted: boolean;
      next: number | null;
    }>('SELECT * FROM begin_operation($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      ...place(operation),
      options.name,
      attempt.workerId,
      attempt.taskToken,
      attempt.workflowId,
      attempt.runId,
      toJson(options.started),
      operation.compaction === undefined ? null : 'compaction',
    ]);
    if (!row) throw new Error('begin_operation gave no row');
    const { next } = row;
    if (row.outcome === 'sealed') return { outcome: 'sealed', result: row.result, next };
    if (row.outcome === 'closed') return { outcome: 'closed', next };
    if (row.outcome === 'cancelled') return { outcome: 'cancelled' };
    const { fence, failures, interrupted } = row;
    return { outcome: 'begun', fence, failures, interrupted };
  },

  /** Whether the attempt is the operation's last, and was not failed from outside. */
  async holds(operation: Operation, fence: number): Promise<boolean> {
    const rows = await database.query(
      `SELECT FROM operations WHERE key = $1 AND fence = $2 AND state = 'open' AND task_token IS NOT NULL`,
      [operationKey(operation), fence],
    );
    return rows.length > 0;
  },

  /** One transaction. */
  async seal(operation: Operation, seal: Seal): Promise<Sealed> {
    const chunks = toJson(seal.chunks);
    const result = toJson(seal.result);
    const hash = createHash('sha256').update(result).update(chunks).digest('hex');
    const calls = (seal.calls ?? []).map((call) => ({ ...call, key: operationKey({ ...operation, call: call.call }) }));
    return one(
      await database.query<Sealed>(
        'SELECT * FROM seal_operation($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
        [
          ...place(operation),
          seal.fence,
          result,
          hash,
          chunks,
          toJson(seal.approvals ?? []),
          toJson(seal.span),
          toJson(calls),
          seal.settle === undefined ? null : seal.settle === 'completed' ? 'completed' : 'failed',
          typeof seal.settle === 'object' ? seal.settle.failed : null,
          seal.context ? toJson(seal.context) : null,
        ],
      ),
    );
  },

  /** Ends an attempt that has no result. `wait`: viewers see when the next one begins. */
  async fail(operation: Operation, fence: number, span: SpanEnd, wait: Wait | null = null): Promise<void> {
    await database.query('SELECT fail_operation($1, $2, $3, $4, $5, $6, $7, $8)', [
      ...place(operation),
      fence,
      toJson(span),
      wait && toJson(wait),
    ]);
  },
});
