import type { ErrorCode } from '../contracts/errors.ts';
import type { StepKind } from '../contracts/flow.ts';
import { itemWorkflowId, stepWorkflowId } from '../contracts/ids.ts';
import type { ItemCounts, NodeKind, NodeResult, NodeStatus, RunNode } from '../contracts/runs.ts';
import type { UsageTotals } from '../contracts/usage.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';

export type NodeId = { runId: string; step: string; index: number | null };

/** A write: what is not there stays as it is. */
export type NodePatch = {
  kind: NodeKind;
  status: NodeStatus;
  attempt: number;
  total?: number;
  chosen?: number;
  /** Of a switch: that of the case it took. */
  label?: string;
  inputHash?: string;
  reusedFrom?: string;
  output?: unknown;
  outputHash?: string;
  code?: ErrorCode | null;
  reason?: string | null;
  sessionId?: string;
  childRun?: string;
  usage?: UsageTotals;
  /** Of its first attempt; the first one given is kept. */
  startedAt?: string;
};

export type StoredNode = {
  status: NodeStatus;
  attempt: number;
  item: unknown;
  chosen: number | null;
  sessionId: string | null;
  childRun: string | null;
  inputHash: string | null;
  total: number | null;
};

/** What a step has given, as conditions and prompts read it. */
export type StepResult = { status: NodeStatus; output: unknown; error: string | null };

export type Gathered = {
  outputs: unknown[];
  tally: { completed: number; bad: number; neither: number };
  failures: { index: number; status: NodeStatus; reason: string | null }[];
};

export const nodeKey = ({ runId, step, index }: NodeId): string =>
  index === null ? stepWorkflowId(runId, step) : itemWorkflowId(runId, step, index);

export const nodeQueries = (database: Database) => ({
  /** Returns the stored status: the first end of a node is kept. */
  async put(id: NodeId, patch: NodePatch): Promise<NodeStatus> {
    const { output, ...rest } = patch;
    // As text: its keys keep their order.
    const node = {
      step: id.step,
      index: id.index,
      ...rest,
      ...(output === undefined ? {} : { output: toJson(output) }),
    };
    return one(
      await database.query<{ status: NodeStatus }>('SELECT put_node($1, $2, $3) AS status', [
        id.runId,
        nodeKey(id),
        toJson(node),
      ]),
    ).status;
  },

  async find(id: NodeId): Promise<StoredNode | undefined> {
    const [row] = await database.query<StoredNode>(
      `SELECT status, attempt, item, chosen, session_id AS "sessionId", child_run AS "childRun", input_hash AS "inputHash",
         total FROM nodes WHERE key = $1`,
      [nodeKey(id)],
    );
    return row;
  },

  /** Of the steps that have begun or ended, without their items. */
  async statuses(runId: string): Promise<{ step: string; status: NodeStatus; chosen: number | null }[]> {
    return await database.query('SELECT step, status, chosen FROM nodes WHERE run_id = $1 AND index IS NULL', [runId]);
  },

  async putItems(runId: string, step: string, kind: StepKind, items: readonly unknown[]): Promise<void> {
    await database.query('SELECT put_items($1, $2, $3, $4, $5)', [
      runId,
      stepWorkflowId(runId, step),
      step,
      kind,
      toJson(items),
    ]);
  },

  async skipSteps(
    runId: string,
    nodes: { step: string; kind: StepKind; status: NodeStatus; reason: string }[],
  ): Promise<void> {
    await database.query('SELECT skip_steps($1, $2)', [runId, toJson(nodes)]);
  },

  /** Results of steps that have ended, by step, with the hashes of their outputs. */
  async results(runId: string, steps: readonly string[]): Promise<Map<string, StepResult & { hash: string | null }>> {
    const rows = await database.query<StepResult & { step: string; hash: string | null }>(
      `SELECT step, status, output, coalesce(reason, code) AS error, output_hash AS hash FROM nodes
       WHERE run_id = $1 AND index IS NULL AND step = ANY($2::text[]) AND ended_at IS NOT NULL`,
      [runId, steps],
    );
    return new Map(rows.map(({ step, ...result }) => [step, result]));
  },

  /**
   * An earlier result of the same inputs, in the run that was re-run and those before it: that of the same place where
   * there is one, so that steps with equal inputs keep results of their own.
   */
  async reusable(
    rerunOf: string,
    { step, index }: Omit<NodeId, 'runId'>,
    inputHash: string,
  ): Promise<{ runId: string; output: unknown; outputHash: string | null } | undefined> {
    const [row] = await database.query<{ runId: string; output: unknown; outputHash: string | null }>(
      `WITH RECURSIVE chain AS (
         SELECT id, rerun_of, 0 AS age FROM runs WHERE id = $1
         UNION ALL SELECT r.id, r.rerun_of, c.age + 1 FROM runs r JOIN chain c ON r.id = c.rerun_of WHERE c.age < 100)
       SELECT coalesce(n.reused_from, n.run_id) AS "runId", n.output, n.output_hash AS "outputHash"
       FROM chain c JOIN nodes n ON n.run_id = c.id
       WHERE n.input_hash = $2 AND n.status = 'completed'
       ORDER BY n.step = $3 AND n.index IS NOT DISTINCT FROM $4::integer DESC, c.age LIMIT 1`,
      [rerunOf, inputHash, step, index],
    );
    return row;
  },

  async counts(runId: string): Promise<Record<string, ItemCounts>> {
    const rows = await database.query<{ step: string; status: NodeStatus; count: number }>(
      `SELECT step, status, count(*) AS count FROM nodes WHERE run_id = $1 AND index IS NOT NULL GROUP BY step, status`,
      [runId],
    );
    const counts: Record<string, ItemCounts> = {};
    for (const { step, status, count } of rows) counts[step] = { ...counts[step], [status]: count };
    return counts;
  },

  /**
   * The outputs of a step's items in their order, null where an item has none, and how the items have ended. `dropsRest`:
   * those that never ran never will.
   */
  async gather(runId: string, step: string, dropsRest: boolean): Promise<Gathered> {
    if (dropsRest) {
      await database.query(
        `UPDATE nodes SET status = 'cancelled', ended_at = clock_timestamp()
         WHERE run_id = $1 AND step = $2 AND index IS NOT NULL AND status = 'pending'`,
        [runId, step],
      );
    }
    const { outputs, tally } = one(
      await database.query<{ outputs: unknown[]; tally: Gathered['tally'] }>(
        `SELECT coalesce(json_agg(CASE WHEN status = 'completed' THEN output END ORDER BY index), '[]') AS outputs,
         jsonb_build_object('completed', count(*) FILTER (WHERE status = 'completed'),
           'bad', count(*) FILTER (WHERE status IN ('failed', 'timed_out', 'cancelled')),
           'neither', count(*) FILTER (WHERE status IN ('skipped', 'excluded'))) AS tally
       FROM nodes WHERE run_id = $1 AND step = $2 AND index IS NOT NULL`,
        [runId, step],
      ),
    );
    const failures = await database.query<Gathered['failures'][number]>(
      `SELECT index, status, coalesce(reason, code) AS reason FROM nodes WHERE run_id = $1 AND step = $2 AND index IS NOT NULL
         AND status IN ('failed', 'timed_out', 'cancelled') ORDER BY index LIMIT 20`,
      [runId, step],
    );
    return { outputs, tally, failures };
  },

  async items(
    runId: string,
    step: string,
    { from, limit, status }: { from: number; limit: number; status?: NodeStatus | undefined },
  ): Promise<RunNode[]> {
    const rows = await database.query<{ node: RunNode }>(
      // Only what is on the page becomes JSON, not all that is behind its beginning.
      `SELECT node_json(page.n) AS node FROM (SELECT n FROM nodes n WHERE run_id = $1 AND step = $2 AND index >= $3
         AND ($5::text IS NULL OR status = $5) ORDER BY index LIMIT $4) page`,
      [runId, step, from, limit, status ?? null],
    );
    return rows.map(({ node }) => node);
  },

  async result(id: NodeId): Promise<NodeResult | undefined> {
    const [row] = await database.query<NodeResult>(
      `SELECT node_json(n) AS node, output, item,
         (SELECT m.text FROM turns t JOIN messages m ON m.id = t.message_id
          WHERE t.session_id = n.session_id ORDER BY t.turn LIMIT 1) AS prompt
       FROM nodes n WHERE key = $1`,
      [nodeKey(id)],
    );
    return row;
  },

  /** Why steps ended as they did, for the reason of the run. */
  async reasons(
    runId: string,
    steps: readonly string[],
  ): Promise<{ step: string; status: NodeStatus; reason: string | null }[]> {
    return await database.query(
      `SELECT step, status, coalesce(reason, code) AS reason FROM nodes WHERE run_id = $1 AND index IS NULL
         AND step = ANY($2::text[]) ORDER BY array_position($2::text[], step)`,
      [runId, steps],
    );
  },
});
