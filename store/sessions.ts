import type { Session, SessionBudget, SessionRow } from '../contracts/api.ts';
import type { SystemBody } from '../contracts/chunks.ts';
import type { ChangeMode } from '../contracts/file-changes.ts';
import type { Agent } from '../contracts/flow.ts';
import { streamOfSession, subagentWorkflowId } from '../contracts/ids.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';
import { type RunningTurn, runningTurn, type TurnRow } from './turns.ts';
import { usageJson } from './usage.ts';

export type NewSession = {
  id: string;
  title: string;
  workspace: string;
  agent: string;
  model: string;
  allow: ToolPermission[];
  /** Default: `ask`. */
  changeMode?: ChangeMode | undefined;
  /** Null: the built-in agent. */
  definition: Agent | null;
  /** JSON Schema of the result that the session must hand in; null: none, its last text is the result. */
  schema: Record<string, unknown> | null;
  /** The run and the node whose step the session is; null for a session of its own. */
  runId: string | null;
  node: string | null;
  /** Of a session that a script made for one tool call: it asks no model. */
  direct?: { tool: string; arguments: string };
  /** What its turns may take. Default: what everturn.yaml says. */
  budget?: SessionBudget | undefined;
};

/** What changes; a definition goes with its agent, null for the built-in one. */
export type SessionChange = {
  agent?: string;
  definition?: Agent | null;
  model?: string;
  allow?: readonly ToolPermission[];
  archived?: boolean;
};

/** `turns`: how many it has. */
const columnsWith = (turns: string): string => `
  s.id, s.title, s.workspace, s.agent, s.model, s.allow, s.change_mode AS "changeMode", s.auto_fix AS "autoFix", s.run_id AS "runId", s.node, s.forked_from AS "forkedFrom",
  iso(s.archived_at) AS "archivedAt",
  (SELECT a.parent_session FROM subagents a WHERE a.session_id = s.id) AS "parentId",
  (SELECT ${usageJson} FROM session_usage u WHERE u.session_id = s.id) AS usage,
  (SELECT coalesce(jsonb_agg(read_root_json(r) ORDER BY r.granted_at), '[]') FROM read_roots r WHERE r.session_id = s.id) AS "readRoots",
  iso(s.created_at) AS "createdAt", iso(s.updated_at) AS "updatedAt",
  ${turns} AS turns,
  (SELECT t.status FROM turns t WHERE t.session_id = s.id AND t.status <> 'running' ORDER BY t.turn DESC LIMIT 1) AS "lastTurn",
  CASE
    WHEN EXISTS (SELECT 1 FROM approvals a WHERE a.session_id = s.id AND a.status = 'pending') THEN 'waiting'
    WHEN EXISTS (SELECT 1 FROM turns t WHERE t.session_id = s.id AND t.status = 'running')
      OR EXISTS (SELECT 1 FROM messages m WHERE m.session_id = s.id AND m.status = 'accepted') THEN 'running'
    ELSE 'idle'
  END AS status`;

const columns = columnsWith('(SELECT count(*) FROM turns t WHERE t.session_id = s.id)');

/** Shown only in lists. `took`: of its turns together. */
const rowColumns = `
  coalesce((SELECT left(m.text, 200) FROM turns t JOIN messages m ON m.id = t.message_id
    WHERE t.session_id = s.id ORDER BY t.turn DESC LIMIT 1), '') AS said,
  took.ms AS "tookMs",
  (SELECT jsonb_build_object('what', a.tool, 'approvers', NULL, 'since', iso(a.asked_at)) FROM approvals a
    WHERE a.session_id = s.id AND a.status = 'pending' ORDER BY a.asked_at LIMIT 1) AS "waitingFor"`;

const asking = `s.id IN (SELECT session_id FROM approvals WHERE status = 'pending')`;
const working = `s.id IN (SELECT session_id FROM turns WHERE status = 'running'
  UNION SELECT session_id FROM messages WHERE status = 'accepted')`;
const idle = `NOT (${asking}) AND NOT (${working})`;
/** By status. */
const conditions = {
  waiting: asking,
  running: `${working} AND NOT (${asking})`,
  idle,
  failed: `${idle} AND (SELECT t.status FROM turns t WHERE t.session_id = s.id ORDER BY t.turn DESC LIMIT 1) = 'failed'`,
} as const;

/** Newest first; a cursor is the last row's place in that order. */
type PageKey = { place: string; id: string };
const isMicroseconds = (place: string): boolean => /^\d{1,17}$/.test(place);

type ListOptions = {
  cursor?: string | undefined;
  q?: string | undefined;
  /** Sessions of this run; without it those of no run, and of no background agent. */
  runId?: string | undefined;
  /** Those that are archived, otherwise those that are not. */
  archived?: boolean | undefined;
  status?: keyof typeof conditions | undefined;
  model?: string | undefined;
  agent?: string | undefined;
  limit: number;
};

const conditionsOf = ({
  cursor,
  q,
  runId,
  archived,
  status,
  model,
  agent,
}: ListOptions): { where: string; values: unknown[] } => {
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const all = [
    runId === undefined
      ? 's.run_id IS NULL AND NOT EXISTS (SELECT FROM subagents a WHERE a.session_id = s.id)'
      : `s.run_id = ${given(runId)}`,
  ];
  if (status !== undefined) all.push(conditions[status]);
  if (model !== undefined) all.push(`s.model = ${given(model)}`);
  if (agent !== undefined) all.push(`s.agent = ${given(agent)}`);
  if (runId === undefined) all.push(archived ? 's.archived_at IS NOT NULL' : 's.archived_at IS NULL');
  if (cursor !== undefined) {
    const { place, key } = decodeCursor(cursor, isMicroseconds);
    // Whole microseconds, so that no row falls between two pages.
    const moment = `'epoch'::timestamptz + ${given(place)}::bigint * interval '1 microsecond'`;
    all.push(`(s.updated_at, s.id) < (${moment}, ${given(key)})`);
  }
  if (q) {
    const text = given(q);
    all.push(`(strpos(lower(s.title), lower(${text})) > 0 OR strpos(s.id, ${text}) > 0)`);
  }
  return { where: all.join(' AND '), values };
};

export const sessionQueries = (database: Database) => ({
  /** Idempotent by id: a second call changes nothing. */
  async create(session: NewSession): Promise<void> {
    await database.query(
      `WITH stream AS (INSERT INTO streams (id) VALUES ($2) ON CONFLICT DO NOTHING)
       INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, schema, run_id, node, direct, budget,
         change_mode)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
      [
        session.id,
        streamOfSession(session.id),
        storable(session.title),
        session.workspace,
        session.agent,
        session.model,
        session.allow,
        session.definition && toJson(session.definition),
        session.schema && toJson(session.schema),
        session.runId,
        session.node,
        session.direct ? toJson(session.direct) : null,
        session.budget ? toJson(session.budget) : null,
        session.changeMode ?? 'ask',
      ],
    );
  },

  /** The ids of the workflows that may settle its turns for them. Undefined where it was deleted. */
  async holders(id: string): Promise<string[] | undefined> {
    const [row] = await database.query<{ node: string | null; subagent: string | null }>(
      `SELECT node, (SELECT id FROM subagents WHERE session_id = $1) AS subagent FROM sessions WHERE id = $1`,
      [id],
    );
    if (!row) return undefined;
    const { node, subagent } = row;
    return [...(node === null ? [] : [node]), ...(subagent === null ? [] : [subagentWorkflowId(subagent)])];
  },

  async find(id: string): Promise<Session | undefined> {
    const [session] = await database.query<Session>(`SELECT ${columns} FROM sessions s WHERE s.id = $1`, [id]);
    return session;
  },

  /** The page is found on an index first; the content of the rows is read only for the page. */
  async list(options: ListOptions): Promise<{ sessions: SessionRow[]; nextCursor: string | null }> {
    const { where, values } = conditionsOf(options);
    const rows = await database.query<SessionRow & Pick<PageKey, 'place'>>(
      `WITH page AS MATERIALIZED (
         SELECT s.* FROM sessions s WHERE ${where} ORDER BY s.updated_at DESC, s.id DESC LIMIT $${values.length + 1})
       SELECT ${columnsWith('took.turns')}, ${rowColumns}, round(extract(epoch FROM s.updated_at) * 1000000)::bigint::text AS place
       FROM page s CROSS JOIN LATERAL (
         SELECT count(*) AS turns,
           coalesce(sum(extract(epoch FROM coalesce(t.ended_at, clock_timestamp()) - t.started_at) * 1000), 0)::double precision AS ms
         FROM turns t WHERE t.session_id = s.id) AS took
       ORDER BY s.updated_at DESC, s.id DESC`,
      [...values, options.limit + 1],
    );
    const last = rows[options.limit - 1];
    return {
      sessions: rows.slice(0, options.limit).map(({ place: _, ...session }) => session),
      nextCursor: rows.length > options.limit && last ? encodeCursor({ place: last.place, key: last.id }) : null,
    };
  },

  /**
   * Changes what a session continues with, between turns; `notices` say so in the transcript. False: a turn runs or a message
   * waits. Throws `session_not_found`.
   */
  async change(id: string, change: SessionChange, notices: readonly SystemBody[]): Promise<boolean> {
    const [row] = await database.query<{ outcome: string }>('SELECT change_session($1, $2, $3) AS outcome', [
      id,
      toJson(change),
      toJson(notices),
    ]);
    return row?.outcome === 'changed';
  },

  /** Copies the settled turns, up to `turn`, into a new session. Idempotent by its id. False: there is no such session. */
  async fork(
    from: string,
    to: string,
    { turn, title }: { turn: number | null; title: string | null },
  ): Promise<boolean> {
    const [row] = await database.query<{ id: string | null }>('SELECT fork_session($1, $2, $3, $4) AS id', [
      from,
      to,
      turn,
      title === null ? null : storable(title),
    ]);
    return row?.id === to;
  },

  async rename(id: string, title: string): Promise<void> {
    await database.query('UPDATE sessions SET title = $2, updated_at = now() WHERE id = $1', [id, storable(title)]);
  },

  /** Deletes the session with all that belongs to it, in one transaction. Returns the turn that ran; null when none did. */
  async remove(id: string): Promise<RunningTurn | null> {
    const [row] = await database.query<TurnRow>('SELECT turn, workflow FROM delete_session($1)', [id]);
    return row ? runningTurn(id, row) : null;
  },
});
