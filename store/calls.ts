import type { CallResult, ScriptCall } from '../contracts/calls.ts';
import { stepWorkflowId } from '../contracts/ids.ts';
import type { NodeKind, NodeStatus } from '../contracts/runs.ts';
import type { ScriptLine } from '../contracts/script.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

/** Hashes of what an agent's result depends on, by name. */
export type InputParts = Record<string, string>;

export type NewCall = Pick<ScriptCall, 'id' | 'label' | 'phase' | 'ordinal'> & {
  kind: NodeKind;
  /** As it was asked. */
  call: ScriptCall;
  inputHash?: string;
  inputParts?: InputParts;
  /** Hash of all that decides the result, for runs that use results of others. */
  reuseKey?: string;
  /** Ids of the phases and groups with a budget that it is counted to. */
  scopes?: string[];
  freshBecause?: string;
  /**
   * It has ended as it was asked; `from`: the run whose result is used again. Of `workflow()` it is the script, which runs
   * from now on.
   */
  result?: { from: string | null; output: unknown; outputHash: string | null };
  /** It has a result and has not ended. */
  runsOn?: true;
};

export type EarlierCall = {
  runId: string;
  step: string;
  label: string | null;
  ordinal: number | null;
  status: NodeStatus;
  inputHash: string | null;
  inputParts: InputParts | null;
  output: unknown;
  outputHash: string | null;
};

type Row = {
  step: string;
  kind: NodeKind;
  status: NodeStatus;
  output: unknown;
  code: string | null;
  reason: string | null;
  tokens: number;
  dollars: number;
};

const lostCall = { code: 'step_failed', reason: 'Its workflow ended and recorded no result' } as const;

/** A `workflow()` call has given its script, however that ends. What a call took is that of all its attempts, in this run: a result that was used again took nothing. */
const script = `n.kind = 'workflow' AND n.output IS NOT NULL`;
const results = `SELECT n.step, n.kind, CASE WHEN ${script} THEN 'completed' ELSE n.status END AS status, n.output, n.code, n.reason, u.tokens, u.dollars FROM nodes n, LATERAL (
  SELECT coalesce(sum(su.input + su.output), 0)::double precision AS tokens, coalesce(sum(su.cost), 0) AS dollars
  FROM sessions s JOIN session_usage su ON su.session_id = s.id WHERE s.node = n.key) u`;
const chain = `WITH RECURSIVE chain AS (
  SELECT id, rerun_of, 0 AS age FROM runs WHERE id = $1
  UNION ALL SELECT r.id, r.rerun_of, c.age + 1 FROM runs r JOIN chain c ON r.id = c.rerun_of WHERE c.age < 100)`;

/** The calls of a script, its narration, and what earlier runs gave for the same. */
export const callQueries = (database: Database) => ({
  /** Idempotent: a call that is there stays as it is. */
  async put(runId: string, calls: readonly NewCall[]): Promise<void> {
    const rows = calls.map(({ call, result, ...rest }) => ({
      ...rest,
      call: toJson(call),
      ...(result ? { result: { ...result, output: toJson(result.output) } } : {}),
    }));
    await database.query('SELECT put_calls($1, $2)', [runId, toJson(rows)]);
  },

  async find(runId: string, id: string): Promise<ScriptCall | undefined> {
    const [row] = await database.query<{ call: ScriptCall }>('SELECT call FROM nodes WHERE key = $1', [
      stepWorkflowId(runId, id),
    ]);
    return row?.call;
  },

  /**
   * How a call has ended whose workflow is over. One that left no end gets one here: what the script gets
   * now, it gets at each replay. Without the node, because the run was deleted, the answer is not read.
   */
  async result(key: string): Promise<CallResult> {
    const ended = async (): Promise<Row | undefined> =>
      (await database.query<Row>(`${results} WHERE n.key = $1 AND n.ended_at IS NOT NULL`, [key]))[0];
    const row = (await ended()) ?? ((await this.endLost(key)) ? await ended() : undefined);
    if (!row) return { status: 'failed', output: null, ...lostCall, tokens: 0, dollars: 0 };
    const { step: _step, kind: _kind, ...result } = row;
    return result;
  },

  /** Ends a node that its workflow has left without an end: with what its last attempt said, otherwise with our words. */
  async endLost(key: string): Promise<boolean> {
    const [node] = await database.query<{ runId: string; node: Record<string, unknown> }>(
      `SELECT run_id AS "runId", jsonb_build_object('step', step, 'index', index, 'kind', kind, 'status', 'failed',
         'code', coalesce(code, $2), 'reason', coalesce(reason, $3)) AS node FROM nodes WHERE key = $1`,
      [key, lostCall.code, lostCall.reason],
    );
    if (!node) return false;
    await database.query('SELECT put_node($1, $2, $3)', [node.runId, key, toJson(node.node)]);
    return true;
  },

  /** Of the calls that have ended, by id. Without `ids`: of all. */
  async results(runId: string, ids: readonly string[] | null): Promise<Map<string, CallResult & { kind: NodeKind }>> {
    const rows = await database.query<Row>(
      `${results} WHERE n.run_id = $1 AND n.call IS NOT NULL AND (n.ended_at IS NOT NULL OR ${script})
         AND ($2::text[] IS NULL OR n.step = ANY ($2))`,
      [runId, ids],
    );
    return new Map(rows.map(({ step, ...row }) => [step, row]));
  },

  /** Whether the provider has begun to answer the agent, or never will. */
  async hasBegun(key: string): Promise<boolean> {
    const [row] = await database.query<{ begun: boolean }>(
      `SELECT n.ended_at IS NOT NULL OR EXISTS (SELECT FROM events e JOIN sessions s ON s.stream = e.stream
         WHERE s.id = n.session_id AND e.type IN ('delta', 'step.sealed')) AS begun FROM nodes n WHERE n.key = $1`,
      [key],
    );
    return row?.begun ?? true;
  },

  /** Milliseconds since calls began, of those that have not ended. */
  async ages(runId: string, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await database.query<{ step: string; ms: number }>(
      `SELECT step, (extract(epoch FROM clock_timestamp() - started_at) * 1000)::double precision AS ms FROM nodes
       WHERE run_id = $1 AND step = ANY ($2::text[]) AND ended_at IS NULL AND started_at IS NOT NULL`,
      [runId, ids],
    );
    return new Map(rows.map(({ step, ms }) => [step, ms]));
  },

  /** Agents of the run that was re-run and of those before it, the newest run first. */
  async earlier(rerunOf: string): Promise<EarlierCall[]> {
    return await database.query<EarlierCall>(
      `${chain} SELECT coalesce(n.reused_from, n.run_id) AS "runId", n.step, n.label, n.ordinal, n.status,
         n.input_hash AS "inputHash", n.input_parts AS "inputParts", n.output, n.output_hash AS "outputHash"
       FROM chain c JOIN nodes n ON n.run_id = c.id WHERE n.kind = 'agent' AND n.call IS NOT NULL ORDER BY c.age, n.ordinal`,
      [rerunOf],
    );
  },

  /** The session that would start a script. Agents of runs, and background agents, start none. */
  async starter(sessionId: string): Promise<{ allow: ToolPermission[]; isWithinRun: boolean } | undefined> {
    const [row] = await database.query<{ allow: ToolPermission[]; isWithinRun: boolean }>(
      `SELECT allow, run_id IS NOT NULL OR EXISTS (SELECT FROM subagents a WHERE a.session_id = s.id) AS "isWithinRun"
       FROM sessions s WHERE id = $1`,
      [sessionId],
    );
    return row;
  },

  /** Idempotent by number. */
  async putLines(runId: string, lines: readonly Omit<ScriptLine, 'at'>[]): Promise<void> {
    await database.query('SELECT put_lines($1, $2)', [runId, toJson(lines)]);
  },
});
