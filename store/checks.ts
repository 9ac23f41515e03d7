import { stepKey } from '../contracts/ids.ts';
import type { Database } from './database.ts';
import { storable } from './json.ts';

export type Check = {
  command: string[];
  status: 'ok' | 'failed' | 'timed_out' | 'skipped';
  output: string;
  durationMs: number;
};

/** What decides whether a check runs before a step. */
export type CheckState = {
  /** The step before has changed files. */
  hasWritten: boolean;
  /** What the user said in this session. */
  choice: 'on' | 'off' | null;
  /** Failures of this turn so far. */
  failures: number;
  /** Another check of the turn was skipped. */
  wasSkipped: boolean;
  /** That of this step, if it has run. */
  check: Check | null;
};

type Step = { sessionId: string; turn: number; step: number };

export const checkQueries = (database: Database) => ({
  async state({ sessionId, turn, step }: Step): Promise<CheckState | undefined> {
    const [row] = await database.query<CheckState>(
      `SELECT s.auto_fix AS choice,
         EXISTS (SELECT FROM file_changes c WHERE c.session_id = $1 AND c.turn <= $2 AND c.state IN ('applied', 'undone')
           AND starts_with(c.set_key, $4)) AS "hasWritten",
         (SELECT count(*) FROM checks c WHERE c.session_id = $1 AND c.turn = $2 AND c.step <> $3
           AND c.status IN ('failed', 'timed_out')) AS failures,
         EXISTS (SELECT FROM checks c WHERE c.session_id = $1 AND c.turn = $2 AND c.step <> $3
           AND c.status = 'skipped') AS "wasSkipped",
         (SELECT jsonb_build_object('command', to_jsonb(c.command), 'status', c.status, 'output', c.output,
            'durationMs', c.duration_ms) FROM checks c WHERE c.session_id = $1 AND c.turn = $2 AND c.step = $3) AS check
       FROM sessions s WHERE s.id = $1`,
      [sessionId, turn, step, `${stepKey(sessionId, turn, step - 1)}/`],
    );
    return row;
  },

  /** The first end is kept. */
  async record({ sessionId, turn, step }: Step, { command, status, output, durationMs }: Check): Promise<void> {
    await database.query(
      `INSERT INTO checks (session_id, turn, step, command, status, output, duration_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [sessionId, turn, step, command.map(storable), status, storable(output), Math.round(durationMs)],
    );
  },

  async choose(sessionId: string, choice: 'on' | 'off'): Promise<void> {
    await database.query('UPDATE sessions SET auto_fix = $2 WHERE id = $1', [sessionId, choice]);
  },
});
