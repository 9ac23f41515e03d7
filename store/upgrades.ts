import type { TurnStart } from '../contracts/activities.ts';
import type { Run } from '../contracts/runs.ts';
import type { Database } from './database.ts';

export type UpgradeName = 'sessions_without_workflows';

/** Workflows that an earlier release has left, and what is restarted in their place. */
export type OldWork = {
  /** Each had a workflow that ran forever. */
  sessions: string[];
  /** Those that run. */
  runs: string[];
  /** Those that are not held. */
  turns: TurnStart[];
  /** What may have a workflow in sessions that a step or a background agent holds: it starts them again itself. */
  heldTurns: Pick<TurnStart, 'sessionId' | 'turn'>[];
  rootRuns: Pick<Run, 'id' | 'kind' | 'name'>[];
  subagents: { id: string; parentSessionId: string }[];
};

/** Any number, the same in all our processes. */
const upgradeLock = 7_261_003;

/**
 * For a condition: until the upgrade is done no keeper may take a workflow for lost, because it is about to be restarted.
 */
export const isUpgraded = 'NOT EXISTS (SELECT FROM upgrades WHERE done_at IS NULL)';

export const upgradeQueries = (database: Database) => ({
  /** Does it unless it is done, in one process at a time. */
  async once(name: UpgradeName, upgrade: () => Promise<void>): Promise<void> {
    const isPending = async () =>
      (await database.query('SELECT FROM upgrades WHERE name = $1 AND done_at IS NULL', [name])).length > 0;
    if (!(await isPending())) return;
    const client = await database.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [upgradeLock]);
      if (!(await isPending())) return;
      await upgrade();
      await database.query('UPDATE upgrades SET done_at = now() WHERE name = $1', [name]);
    } finally {
      await client.end();
    }
  },

  /** Assigns turns where messages wait and nothing runs. A workflow of an earlier release may have their ids. */
  async assignWaiting(): Promise<void> {
    const waiting = await database.query<{ id: string }>(
      `SELECT id FROM sessions s WHERE NOT is_held(s)
         AND EXISTS (SELECT FROM messages m WHERE m.session_id = s.id AND m.status = 'accepted')
         AND NOT EXISTS (SELECT FROM turns t WHERE t.session_id = s.id AND t.status = 'running')`,
    );
    for (const { id } of waiting) await database.query('SELECT assign_stray($1)', [id]);
  },

  async oldWork(): Promise<OldWork> {
    const [row] = await database.query<OldWork>(
      `SELECT
         (SELECT coalesce(json_agg(DISTINCT session_id), '[]') FROM messages) AS sessions,
         (SELECT coalesce(json_agg(id), '[]') FROM runs WHERE status = 'running') AS runs,
         (SELECT coalesce(json_agg(json_build_object('sessionId', s.id, 'turn', t.turn, 'agent', s.agent, 'model', s.model)), '[]')
            FROM turns t JOIN sessions s ON s.id = t.session_id WHERE t.status = 'running' AND NOT is_held(s)) AS turns,
         (SELECT coalesce(json_agg(json_build_object('sessionId', s.id, 'turn', h.turn)), '[]') FROM (
            SELECT session_id, turn FROM turns WHERE status = 'running'
            UNION SELECT m.session_id, (SELECT coalesce(max(t.turn), 0) + 1 FROM turns t WHERE t.session_id = m.session_id)
              FROM messages m WHERE m.status = 'accepted') AS h JOIN sessions s ON s.id = h.session_id WHERE is_held(s))
            AS "heldTurns",
         (SELECT coalesce(json_agg(json_build_object('id', r.id, 'kind', r.kind, 'name', r.name)), '[]') FROM runs r
            WHERE r.status = 'running'
              AND NOT EXISTS (SELECT FROM nodes n WHERE n.key = r.parent_node AND n.ended_at IS NULL)) AS "rootRuns",
         (SELECT coalesce(json_agg(json_build_object('id', id, 'parentSessionId', parent_session)), '[]')
            FROM subagents WHERE ended_at IS NULL) AS subagents`,
    );
    if (!row) throw new Error('oldWork gave no row');
    return row;
  },

  /** Marks answers as undelivered if the workflow that received them has been replaced, so that its successor gets them. */
  async repeatAnswers(): Promise<void> {
    await database.query(
      `UPDATE questions q SET delivered_at = NULL FROM nodes n
       WHERE n.key = q.node AND n.ended_at IS NULL AND q.status = 'answered'`,
    );
  },
});
