import type { SessionBudget } from '../contracts/api.ts';
import type { Approval } from '../contracts/approvals.ts';
import type { PlacedChunk, ToolCallBody, ToolResultBody } from '../contracts/chunks.ts';
import type { Agent } from '../contracts/flow.ts';
import { replyText } from '../contracts/reply-text.ts';
import { submitResultName, type ToolPermission } from '../contracts/tools.ts';
import type { Database } from './database.ts';
import type { StoredMark } from './keys.ts';

/** What a session says of its agent. All but the schema can be changed between turns. */
export type AgentContext = {
  workspace: string;
  allow: ToolPermission[];
  definition: Agent | null;
  schema: Record<string, unknown> | null;
};

/** A tool call that no model asked for. */
export type DirectCall = { tool: string; arguments: string };

/**
 * A model request that failed. `givenUp`: the turn went on with another model. `isMarked`: because its key was marked.
 * `said`: what the provider said.
 */
export type ModelFailure = {
  step: number;
  model: string;
  givenUp: boolean;
  isMarked: boolean;
  message: string;
  said: string;
};

/** What a model request needs to know of its session. */
export type StepContext = AgentContext & {
  createdAt: string;
  /** Usage rows apart, in the order of `seq`. */
  transcript: PlacedChunk[];
  /** Of the turn, oldest first. */
  failures: ModelFailure[];
  /** Of every key, those whose time has passed too. */
  marks: StoredMark[];
  /** The name of the model that the session was given. */
  model: string;
  runId: string | null;
  /** Of the session itself. */
  budget: SessionBudget | null;
  /** A background agent's. */
  isSubagent: boolean;
  /** The session asks no model. */
  isDirect: boolean;
  /** Length and end of the hash chain of the newest sealed request, and the model that was asked. */
  previous: {
    messages: number;
    last: string;
    model: string;
    turn: number;
    isFallback: boolean;
    config: number | null;
  } | null;
};

export type CallContext = AgentContext & {
  body: ToolCallBody;
  /** Tool calls of the session before this one. */
  before: number;
  /** Null when the call asks nobody. */
  approval: Approval | null;
};

export const requestQueries = (database: Database) => ({
  /** With the transcript after `after`. */
  async step(sessionId: string, turn: number, after = 0): Promise<StepContext | undefined> {
    const [row] = await database.query<StepContext>(
      `SELECT workspace, allow, definition, schema, budget, model, run_id AS "runId", direct IS NOT NULL AS "isDirect",
         EXISTS (SELECT FROM subagents WHERE session_id = $1) AS "isSubagent", created_at::text AS "createdAt",
         (SELECT coalesce(json_agg(json_build_object('seq', seq, 'turn', turn, 'step', step, 'ordinal', ordinal, 'body', body)
            ORDER BY seq), '[]') FROM chunks WHERE session_id = $1 AND kind <> 'usage' AND seq > $3) AS transcript,
         (SELECT jsonb_build_object('messages', attributes -> 'messages', 'last', attributes -> 'prefix' -> 'last', 'model', name, 'turn', turn,
            'isFallback', attributes ? 'isFallback', 'config', attributes -> 'config')
          FROM spans WHERE session_id = $1 AND kind = 'model' AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1) AS previous,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('step', step, 'model', name, 'message', attributes -> 'message',
            'givenUp', attributes ? 'givenUp', 'isMarked', attributes ? 'isMarked',
            'said', coalesce(attributes -> 'said', attributes -> 'message')) ORDER BY started_at, attempt), '[]')
          FROM spans WHERE session_id = $1 AND turn = $2 AND kind = 'model' AND status = 'error'
            AND NOT attributes ? 'isUnasked') AS failures,
         (SELECT coalesce(jsonb_agg(mark_json(m)), '[]') FROM key_marks m) AS marks
       FROM sessions WHERE id = $1`,
      [sessionId, turn, after],
    );
    return row;
  },

  /** Of a session that a script made for one tool call, and that asks no model. */
  async direct(sessionId: string): Promise<(AgentContext & { direct: DirectCall }) | undefined> {
    const [row] = await database.query<AgentContext & { direct: DirectCall }>(
      'SELECT workspace, allow, definition, schema, direct FROM sessions WHERE id = $1 AND direct IS NOT NULL',
      [sessionId],
    );
    return row;
  },

  /** A tool call as the model wrote it, and the answer that stands for it. */
  async call(sessionId: string, turn: number, step: number, call: number): Promise<CallContext | undefined> {
    const [row] = await database.query<CallContext>(
      `SELECT s.workspace, s.allow, s.definition, s.schema, c.body,
         (SELECT count(*) FROM chunks b WHERE b.session_id = $1 AND b.kind = 'tool_call'
            AND (b.turn, b.step, b.ordinal) < ($2, $3, c.ordinal)) AS before,
         (SELECT approval_json(a) FROM approvals a WHERE a.session_id = $1 AND a.turn = $2 AND a.step = $3 AND a.call = $4) AS approval
       FROM sessions s JOIN LATERAL (
         SELECT body, ordinal FROM chunks WHERE session_id = $1 AND turn = $2 AND step = $3 AND kind = 'tool_call'
         ORDER BY ordinal OFFSET $4 LIMIT 1) c ON true
       WHERE s.id = $1`,
      [sessionId, turn, step, call],
    );
    return row;
  },

  /** What the newest tool call of a session gave. */
  async lastResult(sessionId: string): Promise<{ status: ToolResultBody['status']; text: string } | undefined> {
    const [row] = await database.query<{ status: ToolResultBody['status']; text: string }>(
      `SELECT body ->> 'status' AS status, body ->> 'text' AS text FROM chunks
       WHERE session_id = $1 AND kind = 'tool_result' ORDER BY seq DESC LIMIT 1`,
      [sessionId],
    );
    return row;
  },

  /** The result that was accepted last, or undefined. */
  async submitted(sessionId: string): Promise<unknown> {
    const [row] = await database.query<{ arguments: string; taken: string | null }>(
      `SELECT call.body ->> 'arguments' AS arguments, result.body ->> 'taken' AS taken
       FROM chunks result JOIN chunks call ON call.session_id = $1 AND call.turn = result.turn AND call.step = result.step
         AND call.kind = 'tool_call' AND call.body ->> 'callId' = result.body ->> 'callId'
       WHERE result.session_id = $1 AND result.kind = 'tool_result' AND result.body ->> 'tool' = $2
         AND result.body ->> 'status' = 'ok'
         AND result.turn <= coalesce((SELECT result_turn FROM sessions WHERE id = $1), result.turn)
       ORDER BY result.seq DESC LIMIT 1`,
      [sessionId, submitResultName],
    );
    if (!row) return undefined;
    if (row.taken !== null) return JSON.parse(row.taken);
    const given: unknown = JSON.parse(row.arguments);
    return ((typeof given === 'string' ? JSON.parse(given) : given) as { result: unknown }).result;
  },

  /** What the model wrote at the end of the last turn (see `turns.last`); empty when it wrote nothing there. */
  async lastText(sessionId: string): Promise<string> {
    const chunks = await database.query<PlacedChunk>(
      `SELECT seq, turn, step, ordinal, body FROM chunks WHERE session_id = $1 AND step > 0 AND turn =
         (SELECT coalesce(s.result_turn, (SELECT max(turn) FROM turns WHERE session_id = $1)) FROM sessions s WHERE s.id = $1)
       ORDER BY seq`,
      [sessionId],
    );
    return replyText(chunks);
  },
});
