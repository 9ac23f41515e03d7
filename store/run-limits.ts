import type { CallScope } from '../contracts/calls.ts';
import type { Budget } from '../contracts/script.ts';
import type { Database } from './database.ts';
import { one } from './one.ts';
import { isUpgraded } from './upgrades.ts';

export type RunBudget = {
  total: Budget | null;
  own: Budget | null;
  /** Of the phase and the groups that its call is in. */
  scopes: CallScope[];
  runId: string;
  node: string;
};
export type Spent = { tokens: number; dollars: number };

const spentOf = (sessions: string, and = ''): string =>
  `SELECT coalesce(sum(c.input + c.output), 0)::double precision AS tokens, coalesce(sum(c.cost), 0) AS dollars
   FROM requests c WHERE c.session_id IN (${sessions}) ${and}`;

/** The session, the ones it works for as a background agent, and all background agents below the topmost. */
const familyOf = `WITH RECURSIVE up (id) AS (
    SELECT $1::text UNION SELECT a.parent_session FROM subagents a JOIN up ON a.session_id = up.id),
  family (id) AS (
    SELECT id FROM up UNION SELECT a.session_id FROM subagents a JOIN family f ON a.parent_session = f.id WHERE a.session_id IS NOT NULL)
  SELECT id FROM family`;

/** What keeps runs within their bounds: places for agents, budgets, and the watch over their workflows. */
export const runLimitQueries = (database: Database) => ({
  /** Whether the agent may run now; otherwise it waits in order. */
  async enter(key: string, cap: number): Promise<boolean> {
    return one(await database.query<{ entered: boolean }>('SELECT enter_agent($1, $2) AS entered', [key, cap])).entered;
  },

  /** The keys of agents that have a slot and must be notified. */
  async admit(cap: number): Promise<string[]> {
    const rows = await database.query<{ key: string }>('SELECT key FROM admit_agents($1) AS key', [cap]);
    return rows.map(({ key }) => key);
  },

  /** The budgets that a session of a run is under; undefined: none. */
  async budget(sessionId: string): Promise<RunBudget | undefined> {
    const [row] = await database.query<RunBudget>(
      `SELECT r.budget AS total, n.call -> 'params' -> 'budget' AS own,
         coalesce(n.call -> 'scopes', '[]'::json) AS scopes, r.id AS "runId", n.key AS node
       FROM sessions s JOIN runs r ON r.id = s.run_id JOIN nodes n ON n.key = s.node
       WHERE s.id = $1 AND (r.budget IS NOT NULL OR n.scopes IS NOT NULL OR json_typeof(n.call -> 'params' -> 'budget') = 'object')`,
      [sessionId],
    );
    return row;
  },

  /** Over all sessions of a run, those of background agents of its agents too. */
  async spentByRun(runId: string): Promise<Spent> {
    return one(
      await database.query<Spent>(
        spentOf(
          `SELECT id FROM sessions WHERE run_id = $1
         UNION SELECT a.session_id FROM subagents a WHERE a.parent_run = $1 AND a.session_id IS NOT NULL`,
        ),
        [runId],
      ),
    );
  },

  /** By the agents of a phase or a group with a budget, and the background agents below them. */
  async spentByScope(runId: string, scope: string): Promise<Spent> {
    return one(
      await database.query<Spent>(
        spentOf(`WITH RECURSIVE scoped (id) AS (
        SELECT s.id FROM sessions s JOIN nodes n ON n.key = s.node WHERE n.run_id = $1 AND $2 = ANY (n.scopes)
        UNION SELECT a.session_id FROM subagents a JOIN scoped ON a.parent_session = scoped.id WHERE a.session_id IS NOT NULL)
      SELECT id FROM scoped`),
        [runId, scope],
      ),
    );
  },

  async spentByNode(node: string): Promise<Spent> {
    return one(await database.query<Spent>(spentOf('SELECT id FROM sessions WHERE node = $1'), [node]));
  },

  async spentByTurn(sessionId: string, turn: number): Promise<Spent> {
    return one(await database.query<Spent>(spentOf('$1', 'AND c.turn = $2'), [sessionId, turn]));
  },

  /** With the sessions of background agents that work for it, or that it works for. */
  async spentBySession(sessionId: string): Promise<Spent> {
    return one(await database.query<Spent>(spentOf(familyOf), [sessionId]));
  },

  /** Runs in Temporal that were not checked lately; marks them as checked. */
  async unwatched(limit: number): Promise<{ id: string; kind: 'flow' | 'script' }[]> {
    return await database.query(
      `UPDATE runs SET watched_at = clock_timestamp() WHERE id IN (
         SELECT id FROM runs WHERE status = 'running' AND acknowledged_at IS NOT NULL AND ${isUpgraded}
           AND (watched_at IS NULL OR watched_at < clock_timestamp() - interval '4 s')
         ORDER BY watched_at NULLS FIRST LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id, kind`,
      [limit],
    );
  },
});
