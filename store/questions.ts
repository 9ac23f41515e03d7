import type { Decision } from '../contracts/approvals.ts';
import type { FormField } from '../contracts/flow.ts';
import type { Question } from '../contracts/runs.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';

export type NewQuestion = {
  id: string;
  runId: string;
  node: string;
  step: string;
  prompt: string;
  form: FormField[];
  approvers: string[] | null;
  /** Milliseconds from now; null: none. */
  deadlineMs: number | null;
};

export type Answer = { decision: Decision; fields: Record<string, unknown> | null; note: string | null; by: string };

export const questionQueries = (database: Database) => ({
  /** Idempotent by id. Returns the milliseconds that are left until the deadline. */
  async ask({ id, runId, node, step, prompt, form, approvers, deadlineMs }: NewQuestion): Promise<number | null> {
    const [row] = await database.query<{ left: number | null }>(
      // greatest() leaves NULL out: without a deadline nothing would be left of it.
      `SELECT CASE WHEN deadline IS NOT NULL THEN
         greatest(1, ceil(extract(epoch FROM deadline - clock_timestamp()) * 1000)) END::double precision AS left
       FROM ask_question($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8 * interval '1 ms') AS deadline`,
      [id, runId, node, step, storable(prompt), toJson(form), approvers, deadlineMs],
    );
    return row?.left ?? null;
  },

  async find(id: string): Promise<Question | undefined> {
    const [row] = await database.query<{ question: Question }>(
      'SELECT question_json(q) AS question FROM questions q WHERE id = $1',
      [id],
    );
    return row?.question;
  },

  async pending(): Promise<Question[]> {
    const rows = await database.query<{ question: Question }>(
      `SELECT question_json(q) AS question FROM questions q WHERE status = 'pending' ORDER BY asked_at LIMIT 1000`,
    );
    return rows.map(({ question }) => question);
  },

  async ofRun(runId: string): Promise<Question[]> {
    const rows = await database.query<{ question: Question }>(
      `SELECT question_json(q) AS question FROM questions q WHERE run_id = $1 AND status = 'pending' ORDER BY asked_at`,
      [runId],
    );
    return rows.map(({ question }) => question);
  },

  /** `applied`, `refused`, or the stored end: `answered`, `expired`, `closed`. */
  async answer(
    { id, runId }: Pick<Question, 'id' | 'runId'>,
    { decision, fields, note, by }: Answer,
  ): Promise<{ outcome: 'applied' | 'refused' | 'answered' | 'expired' | 'closed'; question: Question }> {
    const [row] = await database.query<{
      outcome: 'applied' | 'refused' | 'answered' | 'expired' | 'closed';
      question: Question;
    }>('SELECT * FROM answer_question($1, $2, $3, $4, $5, $6)', [
      id,
      runId,
      decision,
      fields === null ? null : toJson(fields),
      note === null ? null : storable(note),
      by,
    ]);
    if (!row) throw new Error('answer_question gave no row');
    return row;
  },

  /** Closes a question whose deadline has passed; returns it as it is, `pending` while it has time. */
  async expire({ id, runId }: { id: string; runId: string }): Promise<Question> {
    const [row] = await database.query<{ question: Question }>('SELECT expire_question($1, $2) AS question', [
      id,
      runId,
    ]);
    if (!row) throw new Error(`There is no question ${id}`);
    return row.question;
  },

  async delivered(id: string): Promise<void> {
    await database.query('UPDATE questions SET delivered_at = now() WHERE id = $1', [id]);
  },

  async undelivered(): Promise<{ id: string }[]> {
    return await database.query(
      `SELECT id FROM questions WHERE status = 'answered' AND delivered_at IS NULL AND answered_at < now() - interval '1 s'
       ORDER BY answered_at LIMIT 100`,
    );
  },
});
