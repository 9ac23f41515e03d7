import type { TurnStart } from '../contracts/activities.ts';
import type { Run } from '../contracts/runs.ts';
import type { Database } from './database.ts';

export type UpgradeName = 'sessions_without_workflows';

/** Workflows that an earlier release has left, and what is begun anew in their place. */
export type OldWork = {
  /** Each had a workflow that ran for ever. */
  sessions: string[];
  /** Those that run. */
  runs: string[];
  turns: TurnStart[];
  rootRuns: Pick<Run, 'id' | 'kind' | 'name'>[];
  subagents: { id: string; parentSessionId: string }[];
};

export const upgradeQueries = (database: Database) => ({
  async isPending(name: UpgradeName): Promise<boolean> {
    return (await database.query('SELECT FROM upgrades WHERE name = $1 AND done_at IS NULL', [name])).length > 0;
  },

  async done(name: UpgradeName): Promise<void> {
    await database.query('UPDATE upgrades SET done_at = now() WHERE name = $1', [name]);
  },

  async oldWork(): Promise<OldWork> {
    const [row] = await database.query<OldWork>(
      `SELECT
         (SELECT coalesce(json_agg(DISTINCT session_id), '[]') FROM messages) AS sessions,
         (SELECT coalesce(json_agg(id), '[]') FROM runs WHERE status = 'running') AS runs,
         (SELECT coalesce(json_agg(json_build_object('sessionId', s.id, 'turn', t.turn, 'agent', s.agent, 'model', s.model)), '[]')
            FROM turns t JOIN sessions s ON s.id = t.session_id WHERE t.status = 'running' AND NOT is_held(s)) AS turns,
         (SELECT coalesce(json_agg(json_build_object('id', r.id, 'kind', r.kind, 'name', r.name)), '[]') FROM runs r
            WHERE r.status = 'running'
              AND NOT EXISTS (SELECT FROM nodes n WHERE n.key = r.parent_node AND n.ended_at IS NULL)) AS "rootRuns",
         (SELECT coalesce(json_agg(json_build_object('id', id, 'parentSessionId', parent_session)), '[]')
            FROM subagents WHERE ended_at IS NULL) AS subagents`,
    );
    if (!row) throw new Error('oldWork gave no row');
    return row;
  },

  /** Answers that a workflow had heard which is no more: the one that is begun in its place is told again. */
  async repeatAnswers(): Promise<void> {
    await database.query(
      `UPDATE questions q SET delivered_at = NULL FROM nodes n
       WHERE n.key = q.node AND n.ended_at IS NULL AND q.status = 'answered'`,
    );
  },
});
