import type { z } from 'zod';
import type { RunDefinition, ScriptDefinition } from '../contracts/definition.ts';
import type { Origin } from '../contracts/flow.ts';
import { streamOfRun } from '../contracts/ids.ts';
import type { RunReuse } from '../contracts/run-reuse.ts';
import type { Run, RunFilter, RunQuery, RunRow, RunStatus } from '../contracts/runs.ts';
import type { Budget } from '../contracts/script.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import { briefOf } from '../contracts/work.ts';
import { decodeCursor, encodeCursor, isMoment } from './cursor.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';
import { one } from './one.ts';

/** What a run was started with: a flow with its input, or a script with its arguments. */
type Started = { kind: 'flow'; definition: RunDefinition } | { kind: 'script'; definition: ScriptDefinition };

export type NewRun = Started & {
  id: string;
  name: string;
  origin: Origin;
  file: string;
  source: string;
  /** Of a script: its arguments, `undefined` without any. */
  input: unknown;
  workspace: string;
  allow: ToolPermission[];
  trigger: Run['trigger'];
  parentNode?: string;
  parentRun?: string;
  depth?: number;
  rerunOf?: string;
  fromStep?: string;
  budget?: Budget | undefined;
  concurrency?: number | undefined;
  freshAgents?: string[];
  allowEmpty?: boolean;
  /** Of a script: how long it may take, and whether results that other runs paid for are used. */
  timeLimitMs?: number | undefined;
  reuse?: RunReuse | undefined;
  /** The session whose agent started it, and is notified of its end. */
  parentSession?: string;
};

/** What activities know of a run. */
export type StoredRun = StoredFlowRun | StoredScriptRun;
export type StoredFlowRun = Extract<Started, { kind: 'flow' }> & Stored;
export type StoredScriptRun = Extract<Started, { kind: 'script' }> & Stored;

type Stored = {
  id: string;
  name: string;
  /** Of a script: null without arguments; see `hasInput`. */
  input: unknown;
  hasInput: boolean;
  workspace: string;
  allow: ToolPermission[];
  depth: number;
  rerunOf: string | null;
  fromStep: string | null;
  budget: Budget | null;
  concurrency: number | null;
  freshAgents: string[];
  allowEmpty: boolean;
  timeLimitMs: number | null;
  /** Since it got its slot. */
  tookMs: number;
  reuse: RunReuse | null;
  status: RunStatus;
  paused: boolean;
  source: string;
  file: string;
  origin: Origin;
};

/** Runs in which, or below which, a user is asked. */
export const asking = `
    WITH RECURSIVE asking AS (
      SELECT run_id AS id FROM questions WHERE status = 'pending'
      UNION SELECT s.run_id FROM approvals a JOIN sessions s ON s.id = a.session_id
        WHERE a.status = 'pending' AND s.run_id IS NOT NULL
      UNION SELECT c.parent_run FROM runs c JOIN asking k ON k.id = c.id WHERE c.parent_run IS NOT NULL)
    SELECT id FROM asking`;

const columns = `
  r.id, r.kind, r.name, r.origin, r.file, r.workspace, r.allow, r.trigger, r.parent_run AS "parentRun",
  r.rerun_of AS "rerunOf", r.from_step AS "fromStep", r.budget, r.warnings, r.status, r.paused, r.code, r.reason,
  r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NULL AS queued,
  iso(r.created_at) AS "createdAt", iso(r.ended_at) AS "endedAt",
  r.status = 'running' AND r.id IN (${asking}) AS waiting`;

/** Shown only in lists. Long inputs are not read for one line. */
const rowColumns = `
  CASE WHEN pg_column_size(r.input) <= 32768 THEN r.input END AS input,
  (SELECT coalesce(jsonb_agg(DISTINCT s.model), '[]') FROM sessions s WHERE s.run_id = r.id) AS models,
  (SELECT CASE WHEN count(*) = 0 THEN NULL ELSE jsonb_build_object('input', sum(u.input), 'output', sum(u.output),
      'cacheRead', sum(u.cache_read), 'cacheWrite', sum(u.cache_write), 'reasoning', sum(u.reasoning), 'cost', sum(u.cost),
      'requests', sum(u.requests), 'estimated', sum(u.estimated), 'unpriced', sum(u.unpriced), 'dropped', sum(u.dropped),
      'last', NULL) END
    FROM sessions s JOIN session_usage u ON u.session_id = s.id WHERE s.run_id = r.id) AS usage,
  coalesce(
    (SELECT jsonb_build_object('what', q.step, 'approvers', q.approvers, 'since', iso(q.asked_at)) FROM questions q
     WHERE q.run_id = r.id AND q.status = 'pending' ORDER BY q.asked_at LIMIT 1),
    (SELECT jsonb_build_object('what', a.tool, 'approvers', NULL, 'since', iso(a.asked_at))
     FROM approvals a JOIN sessions s ON s.id = a.session_id
     WHERE s.run_id = r.id AND a.status = 'pending' ORDER BY a.asked_at LIMIT 1)) AS "waitingFor"`;

const running = `r.status = 'running'`;
/** In this order a run is shown as one of them. */
const conditions: Record<RunFilter, string> = {
  running,
  completed: `r.status = 'completed'`,
  failed: `r.status = 'failed'`,
  cancelled: `r.status = 'cancelled'`,
  waiting: `${running} AND r.id IN (${asking})`,
  paused: `${running} AND r.paused`,
  queued: `${running} AND r.kind = 'script' AND r.admitted_at IS NULL`,
};

/** Of a value that is shown with its run; compressed ones count as they are kept. */
const briefBytes = 32_768;

type Filter = Omit<z.output<typeof RunQuery>, 'cursor' | 'limit'>;

const conditionsOf = (
  { status, flow, q, kind, trigger, model }: Filter,
  cursor: string | undefined,
): { where: string; values: unknown[] } => {
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const all: string[] = ['true'];
  if (cursor) {
    const { place, key } = decodeCursor(cursor, isMoment);
    all.push(`(date_trunc('milliseconds', r.created_at), r.id) < (${given(place)}::timestamptz, ${given(key)})`);
  }
  if (status !== undefined) all.push(conditions[status]);
  if (flow !== undefined) all.push(`r.name = ${given(flow)}`);
  if (kind !== undefined) all.push(`r.kind = ${given(kind)}`);
  if (trigger !== undefined) all.push(`r.trigger = ${given(trigger)}`);
  if (model !== undefined)
    all.push(`EXISTS (SELECT FROM sessions s WHERE s.run_id = r.id AND s.model = ${given(model)})`);
  if (q) {
    const text = given(q);
    all.push(`(strpos(lower(r.name), lower(${text})) > 0 OR strpos(r.id, ${text}) > 0)`);
  }
  return { where: all.join(' AND '), values };
};

export const runQueries = (database: Database) => ({
  /** Idempotent by id: a second call changes nothing. */
  async create(run: NewRun): Promise<void> {
    await database.query(
      `WITH stream AS (INSERT INTO streams (id) VALUES ($2) ON CONFLICT DO NOTHING)
       INSERT INTO runs (id, stream, name, origin, file, source, definition, input, workspace, allow, trigger,
         parent_node, parent_run, depth, rerun_of, from_step, kind, budget, concurrency, fresh_agents, has_input, parent_session,
         allow_empty, time_limit_ms, reuse)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25) ON CONFLICT DO NOTHING`,
      [
        run.id,
        streamOfRun(run.id),
        run.name,
        run.origin,
        run.file,
        run.source,
        toJson(run.definition),
        toJson(run.input ?? null),
        run.workspace,
        run.allow,
        run.trigger,
        run.parentNode ?? null,
        run.parentRun ?? null,
        run.depth ?? 0,
        run.rerunOf ?? null,
        run.fromStep ?? null,
        run.kind,
        run.budget ? toJson(run.budget) : null,
        run.concurrency ?? null,
        run.freshAgents ?? [],
        run.input !== undefined,
        run.parentSession ?? null,
        run.allowEmpty ?? false,
        run.timeLimitMs ?? null,
        run.reuse ? toJson(run.reuse) : null,
      ],
    );
  },

  async find(id: string): Promise<Run | undefined> {
    const [run] = await database.query<Run>(`SELECT ${columns} FROM runs r WHERE r.id = $1`, [id]);
    return run;
  },

  async list({
    cursor,
    limit,
    ...filter
  }: z.output<typeof RunQuery>): Promise<{ runs: RunRow[]; nextCursor: string | null }> {
    const { where, values } = conditionsOf(filter, cursor);
    const rows = await database.query<RunRow & { input: unknown }>(
      `SELECT ${columns}, ${rowColumns} FROM runs r WHERE ${where}
       ORDER BY date_trunc('milliseconds', r.created_at) DESC, r.id DESC LIMIT $${values.length + 1}`,
      [...values, limit + 1],
    );
    const runs = rows.slice(0, limit).map(({ input, ...run }): RunRow => ({ ...run, brief: briefOf(input) }));
    const last = runs.at(-1);
    return {
      runs,
      nextCursor: rows.length > limit && last ? encodeCursor({ place: last.createdAt, key: last.id }) : null,
    };
  },

  /** What the run was started with. */
  async stored(id: string): Promise<StoredRun | undefined> {
    const [run] = await database.query<StoredRun>(
      `SELECT id, kind, name, definition, input, has_input AS "hasInput",
         workspace, allow, depth, rerun_of AS "rerunOf", from_step AS "fromStep", budget, concurrency,
         fresh_agents AS "freshAgents", allow_empty AS "allowEmpty",
         time_limit_ms::double precision AS "timeLimitMs", reuse,
         (extract(epoch FROM clock_timestamp() - coalesce(admitted_at, created_at)) * 1000)::double precision AS "tookMs", status, paused, source, file, origin FROM runs WHERE id = $1`,
      [id],
    );
    return run;
  },

  async standing(id: string): Promise<{ status: RunStatus; paused: boolean } | undefined> {
    const [run] = await database.query<{ status: RunStatus; paused: boolean }>(
      'SELECT status, paused FROM runs WHERE id = $1',
      [id],
    );
    return run;
  },

  async output(
    id: string,
  ): Promise<{ status: RunStatus; code: string | null; reason: string | null; output: unknown } | undefined> {
    const [run] = await database.query<{
      status: RunStatus;
      code: string | null;
      reason: string | null;
      output: unknown;
    }>('SELECT status, code, reason, output FROM runs WHERE id = $1', [id]);
    return run;
  },

  /** What went in and came out, where it is short; the rest is read apart. */
  async brief(id: string): Promise<{ input?: unknown; output?: unknown }> {
    const [row] = await database.query<{ brief: { input?: unknown; output?: unknown } }>(
      `SELECT json_build_object('input', CASE WHEN pg_column_size(input) < $2 AND has_input THEN input END,
         'output', CASE WHEN pg_column_size(output) < $2 THEN output END) AS brief FROM runs WHERE id = $1`,
      [id, briefBytes],
    );
    return row?.brief ?? {};
  },

  /** A run with a running workflow is not queued. */
  async acknowledge(id: string): Promise<void> {
    await database.query(`SELECT admit_run(id) FROM runs WHERE id = $1 AND kind = 'script' AND admitted_at IS NULL`, [
      id,
    ]);
    await database.query('UPDATE runs SET acknowledged_at = now() WHERE id = $1 AND acknowledged_at IS NULL', [id]);
  },

  /** Runs that a user, a hook or a re-run made and that Temporal has not taken for 3 s. Others are started by workflows. */
  async unacknowledged(): Promise<{ id: string; kind: Run['kind']; name: string }[]> {
    return await database.query(
      `SELECT id, kind, name FROM runs WHERE acknowledged_at IS NULL AND trigger IN ('manual', 'webhook', 'agent') AND status = 'running'
         AND (kind = 'flow' AND (trigger = 'agent' OR created_at < now() - interval '3 s') OR admitted_at < now() - interval '3 s') ORDER BY created_at LIMIT 100`,
    );
  },

  /** Idempotent: each warning is kept once. */
  async warn(id: string, warning: string): Promise<void> {
    await database.query('SELECT warn_run($1, $2)', [id, storable(warning)]);
  },

  /** False when it was so already, or the run has ended. */
  async pause(id: string, paused: boolean): Promise<boolean> {
    return one(await database.query<{ changed: boolean }>('SELECT pause_run($1, $2) AS changed', [id, paused])).changed;
  },

  /** Returns the stored status: the first one given. */
  async settle(
    id: string,
    end: { status: RunStatus; code: string | null; reason: string | null; output: unknown },
  ): Promise<RunStatus | null> {
    return one(
      await database.query<{ status: RunStatus | null }>('SELECT settle_run($1, $2, $3, $4, $5) AS status', [
        id,
        end.status,
        end.code,
        end.reason,
        end.output === undefined ? null : toJson(end.output),
      ]),
    ).status;
  },
});
