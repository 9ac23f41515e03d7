import type { SessionEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import { noUsage } from '../contracts/usage.ts';
import { reduce, type SessionView } from '../contracts/view.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';
import { usageJson } from './usage.ts';

type OperationRow = {
  key: string;
  turn: number;
  step: number;
  call: number | null;
  fence: number;
  name: string;
  purpose: string | null;
  startedAt: string;
};
type EphemeralRow = { operation: string; type: string; data: object };

/** Replays what is still growing through the viewers' own reducer, so that both see the same. */
const replayLive = (operations: OperationRow[], ephemeral: EphemeralRow[]): SessionView['live'] => {
  const events = operations.flatMap(({ key, turn, step, call, fence, name, purpose, startedAt: at }) => {
    const started: SessionEvent =
      call === null
        ? { type: purpose === null ? 'step.started' : 'compaction.started', turn, step, fence, model: name }
        : { type: 'tool.started', turn, step, call, fence, callId: '', tool: name };
    const grown = ephemeral
      .filter(({ operation }) => operation === key)
      .map(({ type, data }) => ({ type, ...data }) as SessionEvent);
    return [started, ...grown].map((event) => ({ event, at }));
  });
  const empty: SessionView = {
    position: 0,
    chunks: [],
    total: 0,
    usage: noUsage,
    turns: {},
    waiting: [],
    approvals: [],
    live: [],
  };
  return events.reduce((view, { event, at }, index) => reduce(view, { position: index + 1, at, event }), empty).live;
};

type ViewRow = Pick<SessionView, 'position' | 'total' | 'chunks' | 'usage' | 'waiting' | 'approvals'> & {
  turns: SessionView['turns'];
  operations: OperationRow[];
  ephemeral: EphemeralRow[];
};

/** One statement: each part of it would cost a round trip, and all of them must be as of one moment. */
const view = `
  WITH page AS MATERIALIZED (
    SELECT seq, turn, step, ordinal, iso(at) AS at, body FROM chunks
    WHERE session_id = $1 AND kind <> 'usage' ORDER BY seq DESC LIMIT $3),
  growing AS MATERIALIZED (
    SELECT o.key, o.turn, o.step, o.call, o.fence, o.name, o.purpose, o.started_at
    FROM turns t JOIN operations o ON o.session_id = t.session_id AND o.turn = t.turn
    WHERE t.session_id = $1 AND t.status = 'running' AND o.state IN ('open', 'failed'))
  SELECT coalesce((SELECT position FROM streams WHERE id = $2), 0) AS position,
    (SELECT count(*) FROM chunks WHERE session_id = $1 AND kind <> 'usage') AS total,
    (SELECT coalesce(json_agg(page ORDER BY seq), '[]') FROM page) AS chunks,
    coalesce((SELECT ${usageJson} FROM session_usage u WHERE u.session_id = $1), $4::jsonb) AS usage,
    (SELECT coalesce(json_object_agg(turn, json_build_object('status', status, 'code', code,
        'durationMs', round(extract(epoch FROM ended_at - started_at) * 1000), 'startedAt', iso(started_at))), '{}')
      FROM turns WHERE session_id = $1 AND turn >= coalesce((SELECT min(turn) FROM page), 0)
        AND (status = 'running' OR turn IN (SELECT turn FROM page))) AS turns,
    (SELECT coalesce(json_agg(jsonb_build_object('messageId', id, 'text', text, 'whenBusy', when_busy)
        || CASE attachments WHEN '[]' THEN '{}' ELSE jsonb_build_object('attachments', attachments) END
        ORDER BY accepted_at, id), '[]')
      FROM messages WHERE session_id = $1 AND status = 'accepted') AS waiting,
    (SELECT coalesce(json_agg(approval_json(a) ORDER BY step, call), '[]')
      FROM approvals a WHERE session_id = $1 AND status = 'pending') AS approvals,
    (SELECT coalesce(json_agg(json_build_object('key', key, 'turn', turn, 'step', step, 'call', call, 'fence', fence,
        'name', name, 'purpose', purpose, 'startedAt', iso(started_at)) ORDER BY started_at), '[]') FROM growing) AS operations,
    (SELECT coalesce(json_agg(json_build_object('operation', operation, 'type', type, 'data', data) ORDER BY position), '[]')
      FROM events WHERE operation = ANY (ARRAY(SELECT key FROM growing))) AS ephemeral`;

/** What a viewer needs before it tails the stream from `position`, all as of one moment. */
export const readView = async (database: Database, sessionId: string, limit: number): Promise<SessionView> => {
  const { operations, ephemeral, ...rest } = one(
    await database.query<ViewRow>(view, [sessionId, streamOfSession(sessionId), limit, toJson(noUsage)]),
  );
  return { ...rest, live: replayLive(operations, ephemeral) };
};
