import type { Approval } from '../contracts/approvals.ts';
import type { SessionEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import { noUsage } from '../contracts/usage.ts';
import { reduce, type SessionView } from '../contracts/view.ts';
import { readPage } from './chunks.ts';
import type { Database } from './database.ts';
import { readUsage } from './usage.ts';

type TurnRow = SessionView['turns'][string] & { turn: number };
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
  const events = operations.flatMap(
    ({ key, turn, step, call, fence, name, purpose, startedAt }): { event: SessionEvent; at: string }[] => {
      const own: SessionEvent[] = [
        call === null
          ? { type: purpose === null ? 'step.started' : 'compaction.started', turn, step, fence, model: name }
          : { type: 'tool.started', turn, step, call, fence, callId: '', tool: name },
        ...ephemeral
          .filter(({ operation }) => operation === key)
          .map(({ type, data }) => ({ type, ...data }) as SessionEvent),
      ];
      return own.map((event) => ({ event, at: startedAt }));
    },
  );
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

/** What a viewer needs before it tails the stream from `position`, all as of one moment. */
export const readView = async (database: Database, sessionId: string, limit: number): Promise<SessionView> =>
  await database.snapshot(async (query) => {
    const [stream] = await query<{ position: number }>('SELECT position FROM streams WHERE id = $1', [
      streamOfSession(sessionId),
    ]);
    const page = await readPage(query, sessionId, { limit });
    const turns = await query<TurnRow>(
      `SELECT turn, status, code, round(extract(epoch FROM ended_at - started_at) * 1000)::double precision AS "durationMs",
         iso(started_at) AS "startedAt"
       FROM turns WHERE session_id = $1 AND (status = 'running' OR turn = ANY($2::integer[]))`,
      [sessionId, [...new Set(page.chunks.map(({ turn }) => turn))]],
    );
    const waiting = await query<SessionView['waiting'][number]>(
      `SELECT id AS "messageId", text, when_busy AS "whenBusy", nullif(attachments, '[]') AS attachments FROM messages
       WHERE session_id = $1 AND status = 'accepted' ORDER BY accepted_at, id`,
      [sessionId],
    );
    const approvals = await query<{ approval: Approval }>(
      `SELECT approval_json(a) AS approval FROM approvals a WHERE session_id = $1 AND status = 'pending' ORDER BY step, call`,
      [sessionId],
    );
    const operations = await query<OperationRow>(
      `SELECT key, turn, step, call, fence, name, purpose, iso(started_at) AS "startedAt" FROM operations
       WHERE session_id = $1 AND state IN ('open', 'failed') ORDER BY started_at`,
      [sessionId],
    );
    const ephemeral = await query<EphemeralRow>(
      `SELECT operation, type, data FROM events WHERE operation = ANY($1::text[]) ORDER BY position`,
      [operations.map(({ key }) => key)],
    );
    return {
      position: stream?.position ?? 0,
      chunks: page.chunks,
      total: page.total,
      usage: await readUsage(query, sessionId),
      turns: Object.fromEntries(turns.map(({ turn, ...state }) => [turn, state])),
      waiting: waiting.map(({ attachments, ...message }) => ({ ...message, ...(attachments ? { attachments } : {}) })),
      approvals: approvals.map(({ approval }) => approval),
      live: replayLive(operations, ephemeral),
    };
  });
