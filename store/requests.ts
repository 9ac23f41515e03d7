import type { Approval } from '../contracts/approvals.ts';
import type { ToolCallBody } from '../contracts/chunks.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import type { Database } from './database.ts';

/** What a model request needs to know of its session beside the transcript. */
export type RequestContext = {
  workspace: string;
  allow: ToolPermission[];
  /** Length and end of the hash chain of the newest sealed request. */
  previous: { messages: number; last: string } | null;
};

export type CallContext = {
  workspace: string;
  allow: ToolPermission[];
  body: ToolCallBody;
  /** Null when the call asks nobody. */
  approval: Approval | null;
};

export const requestQueries = (database: Database) => ({
  async context(sessionId: string): Promise<RequestContext | undefined> {
    const [row] = await database.query<RequestContext>(
      `SELECT workspace, allow,
         (SELECT jsonb_build_object('messages', attributes -> 'messages', 'last', attributes -> 'prefix' -> 'last')
          FROM spans WHERE session_id = $1 AND kind = 'model' AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1) AS previous
       FROM sessions WHERE id = $1`,
      [sessionId],
    );
    return row;
  },

  /** A tool call as the model wrote it, and the answer that stands for it. */
  async call(sessionId: string, turn: number, step: number, call: number): Promise<CallContext | undefined> {
    const [row] = await database.query<CallContext>(
      `SELECT s.workspace, s.allow, c.body,
         (SELECT approval_json(a) FROM approvals a WHERE a.session_id = $1 AND a.turn = $2 AND a.step = $3 AND a.call = $4) AS approval
       FROM sessions s JOIN LATERAL (
         SELECT body FROM chunks WHERE session_id = $1 AND turn = $2 AND step = $3 AND kind = 'tool_call'
         ORDER BY ordinal OFFSET $4 LIMIT 1) c ON true
       WHERE s.id = $1`,
      [sessionId, turn, step, call],
    );
    return row;
  },
});
