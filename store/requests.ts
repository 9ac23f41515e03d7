import type { SessionBudget } from '../contracts/api.ts';
import type { Approval } from '../contracts/approvals.ts';
import type { PlacedChunk, ToolCallBody, ToolResultBody } from '../contracts/chunks.ts';
import type { Epoch } from '../contracts/context/epoch.ts';
import type { ChangeMode } from '../contracts/file-changes.ts';
import type { Agent } from '../contracts/flow.ts';
import { callKey, stepKey } from '../contracts/ids.ts';
import type { Prefix } from '../contracts/prefix.ts';
import { replyText } from '../contracts/reply-text.ts';
import { submitResultName, type ToolPermission } from '../contracts/tools.ts';
import type { Usage } from '../contracts/usage.ts';
import { epochsInForce } from './context.ts';
import type { Database } from './database.ts';
import type { StoredMark } from './keys.ts';
import type { MessageKind } from './messages.ts';
import type { SessionPermissions } from './permissions.ts';

/** What a session says of its agent. All but the schema can be changed between turns. */
export type AgentContext = {
  workspace: string;
  /** The name of its agent. */
  agent: string;
  allow: ToolPermission[];
  changeMode: ChangeMode;
  definition: Agent | null;
  schema: Record<string, unknown> | null;
};

/** A tool call that no model asked for. */
export type DirectCall = { tool: string; arguments: string };

/**
 * A model request that failed. `givenUp`: the turn continued with another model. `isMarked`: because its key was marked.
 * `said`: what the provider said.
 */
export type ModelFailure = {
  step: number;
  model: string;
  givenUp: boolean;
  isMarked: boolean;
  message: string;
  said: string;
  /** Of the error table; null of a failure that an earlier release recorded. */
  code: string | null;
  /** Of a request that was too long: its length, and what the provider said. */
  overflow?: Overflow | null;
};

export type Overflow = { units: number; limit: number | null; asked: number | null };

/** `units`: as it was measured (`contracts/context/measure.ts`); null where a release before measured in characters. */
export type PreviousRequest = {
  model: string;
  turn: number;
  isFallback: boolean;
  /** The newest change of everturn.yaml of which it notified the session. */
  config: number | null;
  messages: number;
  units: number | null;
  usage: Usage | null;
  /** Without its digests. */
  prefix: Prefix;
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
  /** The newest request that was answered. */
  previous: PreviousRequest | null;
  /** Those that matter for what is sent: prunes, the newest compaction, and those that failed. */
  epochs: Epoch[];
  /** The number of the newest one of any kind. */
  epoch: number;
  /** What the message of the turn asks for. */
  asks: MessageKind;
  asked: string;
  /** The turn runs, and this step's request was not answered yet. */
  isOpen: boolean;
};

export type CallContext = AgentContext & {
  body: ToolCallBody;
  /** Tool calls of the session before this one. */
  before: number;
  /** Null if the call needs no approval. */
  approval: Approval | null;
  permissions: SessionPermissions;
};

export const requestQueries = (database: Database) => ({
  /** With the transcript after `after`. */
  async step(sessionId: string, turn: number, step: number, after = 0): Promise<StepContext | undefined> {
    const [row] = await database.query<StepContext>(
      `SELECT workspace, allow, change_mode AS "changeMode", definition, schema, budget, model, agent, run_id AS "runId", direct IS NOT NULL AS "isDirect",
         EXISTS (SELECT FROM subagents WHERE session_id = $1) AS "isSubagent", created_at::text AS "createdAt",
         (SELECT coalesce(json_agg(json_build_object('seq', seq, 'turn', turn, 'step', step, 'ordinal', ordinal, 'body', body)
            ORDER BY seq), '[]') FROM chunks WHERE session_id = $1 AND kind <> 'usage' AND seq > $3) AS transcript,
         (SELECT jsonb_build_object('model', name, 'turn', turn, 'isFallback', attributes ? 'isFallback', 'config', attributes -> 'config',
            'messages', attributes -> 'messages', 'units', attributes -> 'units', 'usage', attributes -> 'usage',
            'prefix', (attributes -> 'prefix') - 'digests')
          FROM spans WHERE session_id = $1 AND kind = 'model' AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1) AS previous,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('step', step, 'model', name, 'message', attributes -> 'message',
            'givenUp', attributes ? 'givenUp', 'isMarked', attributes ? 'isMarked', 'code', attributes -> 'code',
            'said', coalesce(attributes -> 'said', attributes -> 'message'),
            'overflow', attributes -> 'overflow') ORDER BY started_at, attempt), '[]')
          FROM spans WHERE session_id = $1 AND turn = $2 AND kind = 'model' AND status = 'error'
            AND NOT attributes ? 'isUnasked') AS failures,
         (SELECT coalesce(jsonb_agg(mark_json(m)), '[]') FROM key_marks m) AS marks,
         ${epochsInForce} AS epochs, (SELECT coalesce(max(epoch), 0) FROM context_epochs WHERE session_id = $1) AS epoch,
         coalesce((SELECT m.kind FROM messages m WHERE m.id = running.message_id), 'text') AS asks,
         coalesce((SELECT m.text FROM messages m WHERE m.id = running.message_id), '') AS asked,
         running.turn IS NOT NULL AND NOT EXISTS (SELECT FROM operations WHERE key = $4 AND state = 'sealed') AS "isOpen"
       FROM sessions LEFT JOIN turns running ON running.session_id = $1 AND running.turn = $2 AND running.status = 'running'
       WHERE id = $1`,
      [sessionId, turn, after, stepKey(sessionId, turn, step)],
    );
    return row;
  },

  /** Of the messages of the newest request that was answered, in order; null where a release before kept none. */
  async digests(sessionId: string): Promise<(string | null)[]> {
    const rows = await database.query<{ from: number | null; digests: string[] | null }>(
      `SELECT (attributes #>> '{prefix,from}')::integer AS from, attributes #> '{prefix,digests}' AS digests
       FROM spans WHERE session_id = $1 AND kind = 'model' AND status = 'ok' ORDER BY started_at, id`,
      [sessionId],
    );
    return rows.reduce<(string | null)[]>((known, { from, digests }) => {
      if (from === null || digests === null) return [];
      return [...Array.from({ length: from }, (_, index) => known[index] ?? null), ...digests];
    }, []);
  },

  /** Of a session that a script made for one tool call, and that asks no model. */
  async direct(sessionId: string): Promise<(AgentContext & { direct: DirectCall }) | undefined> {
    const [row] = await database.query<AgentContext & { direct: DirectCall }>(
      'SELECT workspace, allow, change_mode AS "changeMode", definition, schema, agent, direct FROM sessions WHERE id = $1 AND direct IS NOT NULL',
      [sessionId],
    );
    return row;
  },

  /** A tool call as the model wrote it, and the answer that replaces it. */
  async call(sessionId: string, turn: number, step: number, call: number): Promise<CallContext | undefined> {
    const [row] = await database.query<CallContext>(
      `SELECT s.workspace, s.allow, s.change_mode AS "changeMode", s.definition, s.schema, c.body, s.agent, permissions_json(s) AS permissions,
         (SELECT count(*) FROM chunks b WHERE b.session_id = $1 AND b.kind = 'tool_call'
            AND (b.turn, b.step, b.ordinal) < ($2, $3, c.ordinal)) AS before,
         (SELECT approval_json(a) FROM approvals a WHERE a.session_id = $1 AND a.turn = $2 AND a.step = $3 AND a.id = $5) AS approval
       FROM sessions s JOIN LATERAL (
         SELECT body, ordinal FROM chunks WHERE session_id = $1 AND turn = $2 AND step = $3 AND kind = 'tool_call'
         ORDER BY ordinal OFFSET $4 LIMIT 1) c ON true
       WHERE s.id = $1`,
      [sessionId, turn, step, call, callKey(sessionId, turn, step, call)],
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
