import { createHash } from 'node:crypto';
import type { TurnStart } from '../contracts/activities.ts';
import type { Agent } from '../contracts/flow.ts';
import { sessionOfSubagent } from '../contracts/ids.ts';
import type { Budget } from '../contracts/script.ts';
import {
  endMessage,
  type OnParentEnd,
  type Subagent,
  type SubagentDetail,
  type SubagentEnd,
  type SubagentLimits,
  type SubagentOutcome,
  type SubagentPage,
  type SubagentStatus,
} from '../contracts/subagents.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import { decodeCursor, encodeCursor, isMoment } from './cursor.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';
import { one } from './one.ts';
import { usageJson } from './usage.ts';

export type NewSubagent = {
  id: string;
  parentSessionId: string;
  turn: number;
  label: string;
  prompt: string;
  agent: string;
  model: string;
  allow: ToolPermission[];
  definition: Agent | null;
  /** For all its turns; at most the parent's budget. */
  budget?: Budget | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** Undefined: as the parent's kind of session has it. */
  onParentEnd: OnParentEnd | undefined;
};

export type SpawningSession = { agent: string; model: string; allow: ToolPermission[]; definition: Agent | null };

/** Of one session, that have not ended. A model that goes round in circles stops here. */
export const maxOpen = 200;

/** What a subagent's workflow reads of it. */
export type SubagentState = {
  status: SubagentStatus;
  isAdmitted: boolean;
  isCancelling: boolean;
  parentSessionId: string;
  sessionId: string | null;
};

const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);

export const subagentQueries = (database: Database) => ({
  /** Idempotent by id. Its session and its first message are committed with it. */
  async spawn(
    subagent: NewSubagent,
    { subagentDepth }: Pick<SubagentLimits, 'subagentDepth'>,
  ): Promise<'spawned' | 'too_deep' | 'too_many'> {
    const { id, parentSessionId, turn, label, prompt, agent, model, allow, definition, onParentEnd } = subagent;
    const { budget = null, metadata = null } = subagent;
    const [row] = await database.query<{ outcome: 'spawned' | 'too_deep' | 'too_many' }>(
      'SELECT spawn_subagent($1, $2, $3, $4, $5, $6, $7, $8) AS outcome',
      [
        id,
        parentSessionId,
        turn,
        sessionOfSubagent(id),
        toJson({ label, agent, model, allow, definition, budget, metadata, onParentEnd: onParentEnd ?? null }),
        storable(prompt),
        subagentDepth,
        maxOpen,
      ],
    );
    if (!row) throw new Error('spawn_subagent gave no row');
    return row.outcome;
  },

  /** What those it spawns take from a session. */
  async parent(sessionId: string): Promise<SpawningSession | undefined> {
    const [row] = await database.query<SpawningSession>(
      'SELECT agent, model, allow, definition FROM sessions WHERE id = $1',
      [sessionId],
    );
    return row;
  },

  async find(id: string): Promise<SubagentDetail | undefined> {
    const [row] = await database.query<{ subagent: SubagentDetail }>(
      `SELECT subagent_json(a) || jsonb_build_object('result', a.result,
         'usage', (SELECT ${usageJson} FROM session_usage u WHERE u.session_id = a.session_id),
         'progress', CASE WHEN a.session_id IS NOT NULL THEN jsonb_build_object(
           'requests', (SELECT coalesce(sum(u.requests), 0) FROM session_usage u WHERE u.session_id = a.session_id),
           'calls', (SELECT count(*) FROM chunks c WHERE c.session_id = a.session_id AND c.kind = 'tool_call'),
           'lastTool', (SELECT c.body ->> 'tool' FROM chunks c WHERE c.session_id = a.session_id AND c.kind = 'tool_call'
              ORDER BY c.seq DESC LIMIT 1)) END) AS subagent
       FROM subagents a WHERE id = $1`,
      [id],
    );
    return row?.subagent;
  },

  /** Spawns one again, as a new attempt. Idempotent: the same one is retried once. `outcome`: `retried`, or why not. */
  async retry(id: string): Promise<{ id: string; outcome: 'retried' | 'deleted' | SubagentStatus }> {
    const next = `a_${createHash('sha256').update(`retry ${id}`).digest('hex').slice(0, 24)}`;
    const [row] = await database.query<{ outcome: 'retried' | 'deleted' | SubagentStatus }>(
      'SELECT retry_subagent($1, $2, $3) AS outcome',
      [id, next, sessionOfSubagent(next)],
    );
    return { id: next, outcome: row?.outcome ?? 'deleted' };
  },

  async list(options: {
    cursor?: string | undefined;
    session?: string | undefined;
    status?: SubagentStatus | undefined;
    limit: number;
  }): Promise<SubagentPage> {
    const before = options.cursor ? decodeCursor(options.cursor, isMoment) : null;
    const rows = await database.query<{ subagent: Subagent }>(
      `SELECT subagent_json(a) AS subagent FROM subagents a
       WHERE ($1::text IS NULL OR (date_trunc('milliseconds', created_at), id) < ($1::timestamptz, $2))
         AND ($3::text IS NULL OR parent_session = $3) AND ($4::text IS NULL OR status = $4)
       ORDER BY date_trunc('milliseconds', created_at) DESC, id DESC LIMIT $5`,
      [before?.place ?? null, before?.key ?? null, options.session ?? null, options.status ?? null, options.limit + 1],
    );
    const page = rows.slice(0, options.limit).map(({ subagent }) => subagent);
    const last = page.at(-1);
    return {
      subagents: page,
      nextCursor: rows.length > options.limit && last ? encodeCursor({ place: last.createdAt, key: last.id }) : null,
    };
  },

  /** Reports that its workflow exists. Undefined if there is no such subagent. */
  async acknowledge(id: string): Promise<void> {
    await database.query(
      'UPDATE subagents SET acknowledged_at = clock_timestamp() WHERE id = $1 AND acknowledged_at IS NULL',
      [id],
    );
  },

  async state(id: string): Promise<SubagentState | undefined> {
    const [row] = await database.query<SubagentState>(
      `SELECT status, admitted_at IS NOT NULL AS "isAdmitted", cancel_asked_at IS NOT NULL AS "isCancelling",
         parent_session AS "parentSessionId", session_id AS "sessionId" FROM subagents WHERE id = $1`,
      [id],
    );
    return row;
  },

  /** Gives places to those that wait, in order. Returns those that now have one. */
  async admit({ subagentsPerSession, subagents }: SubagentLimits): Promise<string[]> {
    return ids(
      await database.query<{ id: string }>('SELECT id FROM admit_subagents($1, $2) AS id', [
        subagentsPerSession,
        subagents,
      ]),
    );
  },

  async start(id: string): Promise<void> {
    await database.query('SELECT start_subagent($1)', [id]);
  },

  /**
   * The first end is kept and is returned. Its parent is notified in the same transaction, once. `more`: it has messages that
   * it has not read, which come before it completes or fails. `starts`: the turn that reads the parent's message, for the
   * caller to start.
   */
  async settle(
    subagent: Pick<Subagent, 'id' | 'label' | 'attempt'>,
    outcome: SubagentOutcome,
  ): Promise<{ status: SubagentEnd | 'more'; starts: TurnStart | null }> {
    const { status, code, reason, result } = outcome;
    return one(
      await database.query<{ status: SubagentEnd | 'more'; starts: TurnStart | null }>(
        'SELECT * FROM settle_subagent($1, $2, $3, $4, $5, $6)',
        [
          subagent.id,
          status,
          code,
          reason === null ? null : storable(reason),
          result === null ? null : storable(result),
          storable(endMessage(subagent, outcome)),
        ],
      ),
    );
  },

  /** Idempotent by the message's id. False when it has ended. */
  async send(id: string, messageId: string, text: string): Promise<boolean> {
    return one(
      await database.query<{ sent: boolean }>('SELECT send_to_subagent($1, $2, $3) AS sent', [
        id,
        messageId,
        storable(text),
      ]),
    ).sent;
  },

  /** Requests its end; false if it has ended. Its workflow is notified separately. */
  async cancel(id: string): Promise<boolean> {
    return one(await database.query<{ asked: boolean }>('SELECT cancel_subagent($1) AS asked', [id])).asked;
  },
});
