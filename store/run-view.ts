import { streamOfRun } from '../contracts/ids.ts';
import type { ItemCounts, NodeStatus, Question, RunNode } from '../contracts/runs.ts';
import type { ScriptLine } from '../contracts/script.ts';
import type { UsageTotals } from '../contracts/usage.ts';
import type { Database } from './database.ts';
import { readRunUsage } from './usage.ts';

/** What changes of a run while it is watched, all as of one moment. */
export type RunState = {
  position: number;
  nodes: Record<string, RunNode>;
  items: Record<string, ItemCounts>;
  questions: Question[];
  usage: UsageTotals;
  /** What a script narrates. */
  lines: ScriptLine[];
};

export const runViewQueries = (database: Database) => ({
  /** Steps one by one, items as counts: it stays small with 10,000 of them. */
  state: (runId: string): Promise<RunState> =>
    database.snapshot(async (query) => {
      const [stream] = await query<{ position: number }>('SELECT position FROM streams WHERE id = $1', [
        streamOfRun(runId),
      ]);
      const nodes = await query<{ node: RunNode }>(
        'SELECT node_json(n) AS node FROM nodes n WHERE run_id = $1 AND index IS NULL',
        [runId],
      );
      const counts = await query<{ step: string; status: NodeStatus; count: number }>(
        'SELECT step, status, count(*) AS count FROM nodes WHERE run_id = $1 AND index IS NOT NULL GROUP BY step, status',
        [runId],
      );
      const questions = await query<{ question: Question }>(
        `SELECT question_json(q) AS question FROM questions q WHERE run_id = $1 AND status = 'pending' ORDER BY asked_at`,
        [runId],
      );
      const items: Record<string, ItemCounts> = {};
      for (const { step, status, count } of counts) items[step] = { ...items[step], [status]: count };
      return {
        position: stream?.position ?? 0,
        nodes: Object.fromEntries(nodes.map(({ node }) => [node.step, node])),
        items,
        questions: questions.map(({ question }) => question),
        usage: await readRunUsage(query, runId),
        lines: await query<ScriptLine>(
          'SELECT n, kind, text, iso(at) AS at FROM script_lines WHERE run_id = $1 ORDER BY n',
          [runId],
        ),
      };
    }),
});
