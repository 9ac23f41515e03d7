import type { Approval, Decision } from '../contracts/approvals.ts';
import { stepKey } from '../contracts/ids.ts';
import type { Because } from '../contracts/permissions/because.ts';
import type { AskedQuestion } from '../contracts/permissions/question.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';
import { one } from './one.ts';

/** What is asked in the middle of a call. */
export type AskedWithin = Pick<Approval, 'id' | 'sessionId' | 'turn' | 'step' | 'call'> & {
  asked: Pick<Approval, 'tool' | 'arguments' | 'argumentsHash' | 'about'> & {
    because?: Because;
    question?: AskedQuestion;
    deadlineMs: number;
  };
};

export const approvalQueries = (database: Database) => ({
  async find(id: string): Promise<Approval | undefined> {
    const [row] = await database.query<{ approval: Approval }>(
      'SELECT approval_json(a) AS approval FROM approvals a WHERE id = $1',
      [id],
    );
    return row?.approval;
  },

  /** Idempotent by id. Undefined when the turn has ended. */
  async askWithinCall({ id, sessionId, turn, step, call, asked }: AskedWithin): Promise<Approval | undefined> {
    const [row] = await database.query<{ approval: Approval | null }>(
      'SELECT ask_within_call($1, $2, $3, $4, $5, $6) AS approval',
      [id, sessionId, turn, step, call, toJson(asked)],
    );
    return row?.approval ?? undefined;
  },

  /** Closes what was asked in the middle of a call and was not answered: all of it, or one. */
  async closeWithinCall(sessionId: string, callKey: string, id: string | null = null): Promise<void> {
    await database.query('SELECT close_within_call($1, $2, $3)', [sessionId, callKey, id]);
  },

  /** The answers that were given to the calls of a step, by the number of the call. */
  async answers(sessionId: string, turn: number, step: number): Promise<Map<number, Decision>> {
    const rows = await database.query<{ call: number; decision: Decision }>(
      `SELECT call, decision FROM approvals WHERE session_id = $1 AND turn = $2 AND step = $3 AND status = 'answered'
         AND id = $4 || '/' || call`,
      [sessionId, turn, step, stepKey(sessionId, turn, step)],
    );
    return new Map(rows.map(({ call, decision }) => [call, decision]));
  },

  async pending(): Promise<Approval[]> {
    const rows = await database.query<{ approval: Approval }>(
      `SELECT approval_json(a) AS approval FROM approvals a WHERE status = 'pending' ORDER BY asked_at, id`,
    );
    return rows.map(({ approval }) => approval);
  },

  /** `applied` false: another answer came first, or the turn has ended; `approval` is the stored one. */
  async answer(
    approval: Approval,
    decision: Decision,
    note: string | null,
    by: string,
    fields: Record<string, unknown> | null = null,
  ): Promise<{ applied: boolean; approval: Approval }> {
    const [row] = await database.query<{ applied: boolean; approval: Approval }>(
      'SELECT applied, approval FROM answer_approval($1, $2, $3, $4, $5, $6)',
      [approval.id, approval.sessionId, decision, fields && toJson(fields), note === null ? null : storable(note), by],
    );
    if (!row) throw new Error('answer_approval gave no row');
    return row;
  },

  /** Approves a call that was denied, or not answered in time. */
  async approveLate(
    { id, sessionId }: Approval,
    by: string,
  ): Promise<{ outcome: 'applied' | 'pending' | 'approved' | 'late'; approval: Approval }> {
    const [row] = await database.query<{ outcome: 'applied' | 'pending' | 'approved' | 'late'; approval: Approval }>(
      'SELECT outcome, approval FROM approve_late($1, $2, $3)',
      [id, sessionId, by],
    );
    if (!row) throw new Error('approve_late gave no row');
    return row;
  },

  /** Questions whose deadline has passed. */
  async due(): Promise<Approval[]> {
    const rows = await database.query<{ approval: Approval }>(
      `SELECT approval_json(a) AS approval FROM approvals a
       WHERE status = 'pending' AND deadline <= clock_timestamp() ORDER BY deadline LIMIT 100`,
    );
    return rows.map(({ approval }) => approval);
  },

  /** Answers one that is due by its default, otherwise as denied. False: someone was quicker. */
  async expire({ id, sessionId }: Approval): Promise<boolean> {
    return one(await database.query<{ expired: boolean }>('SELECT expire_approval($1, $2) AS expired', [id, sessionId]))
      .expired;
  },

  /** Answers that the turn's workflow has not confirmed. */
  async undelivered(): Promise<Approval[]> {
    const rows = await database.query<{ approval: Approval }>(
      `SELECT approval_json(a) AS approval FROM approvals a JOIN turns t USING (session_id, turn)
       WHERE a.status = 'answered' AND a.delivered_at IS NULL AND t.status = 'running' AND a.answered_at < now() - interval '2 s'
       ORDER BY a.answered_at LIMIT 100`,
    );
    return rows.map(({ approval }) => approval);
  },

  async delivered(id: string): Promise<void> {
    await database.query('UPDATE approvals SET delivered_at = now() WHERE id = $1', [id]);
  },
});
