import type { Session } from '../contracts/api.ts';
import { attachmentsIn } from '../contracts/chunks.ts';
import { streamOfSession } from '../contracts/ids.ts';
import type { ChunkLine, EpochLine, SessionFile, TurnLine } from '../contracts/session-file.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import type { NewSession } from './sessions.ts';

type Query = Database['query'];

/** Chunks in one statement. */
const batch = 1000;

const settledTurns = (query: Query, sessionId: string): Promise<TurnLine[]> =>
  query<TurnLine>(
    `SELECT 'turn' AS type, turn, status, code, iso(started_at) AS "startedAt", iso(coalesce(ended_at, started_at)) AS "endedAt"
     FROM turns t WHERE session_id = $1 AND status <> 'running'
       AND NOT EXISTS (SELECT FROM turns r WHERE r.session_id = $1 AND r.status = 'running' AND r.turn <= t.turn)
     ORDER BY turn`,
    [sessionId],
  );

/** Those that the turns up to one have made. */
const epochsUpTo = (query: Query, sessionId: string, turn: number): Promise<EpochLine[]> =>
  query<EpochLine>(
    `SELECT 'epoch' AS type, epoch, kind, turn, step, summary, reason, failed, predicted,
       jsonb_build_object('turn', made_turn, 'step', made_step) AS made, iso(created_at) AS at
     FROM context_epochs WHERE session_id = $1 AND made_turn <= $2 ORDER BY epoch`,
    [sessionId, turn],
  );

const firstText = ({ chunks }: SessionFile, turn: number): string => {
  const found = chunks.find(
    ({ turn: chunkTurn, step, body }) => chunkTurn === turn && step === 0 && body.kind === 'text',
  );
  return found?.body.kind === 'text' ? found.body.text : '';
};

export const sessionFileQueries = (database: Database) => ({
  /**
   * The settled turns of a session, page by page, as of one moment. `attached` writes the lines of an attachment: false
   * where its bytes are gone.
   */
  async read(
    session: Session,
    write: (line: object) => Promise<void>,
    attached: (id: string) => Promise<boolean>,
  ): Promise<void> {
    const { id, title, agent, model, allow, workspace, createdAt } = session;
    await database.snapshot(async (query) => {
      const turns = await settledTurns(query, id);
      await write({ type: 'session', version: 1, title, agent, model, allow, workspace, createdAt });
      const last = turns.at(-1)?.turn ?? 0;
      const needed = new Set<string>();
      let written = 0;
      let seq = 0;
      let count = 0;
      for (;;) {
        const rows = await query<ChunkLine & { seq: number }>(
          `SELECT seq, 'chunk' AS type, turn, step, ordinal, iso(at) AS at, body FROM chunks
           WHERE session_id = $1 AND seq > $2 AND turn <= $3 ORDER BY seq LIMIT ${batch}`,
          [id, seq, last],
        );
        for (const { seq: at, ...line } of rows) {
          // A turn is written before its first chunk; so is one without any.
          while ((turns[written]?.turn ?? Number.POSITIVE_INFINITY) <= line.turn) await write(turns[written++] ?? {});
          await write(line);
          for (const attachment of attachmentsIn(line.body)) needed.add(attachment);
          count += 1;
          seq = at;
        }
        if (rows.length < batch) break;
      }
      while (written < turns.length) await write(turns[written++] ?? {});
      const epochs = await epochsUpTo(query, id, last);
      for (const epoch of epochs) await write(epoch);
      const epochCount = epochs.length > 0 ? { epochs: epochs.length } : {};
      let attachments = 0;
      for (const attachment of needed) if (await attached(attachment)) attachments += 1;
      const attachmentCount = attachments > 0 ? { attachments } : {};
      await write({ type: 'end', turns: turns.length, chunks: count, ...epochCount, ...attachmentCount });
    });
  },

  /** Writes a conversation under a new id, in one transaction. Idempotent by the id: false where it is there. */
  async write(session: NewSession, file: SessionFile): Promise<boolean> {
    return await database.transaction(async ({ query }) => {
      const stream = streamOfSession(session.id);
      const made = await query(
        'INSERT INTO streams (id, last_seq) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
        [stream, file.chunks.length],
      );
      if (made.length === 0) return false;
      const { id, title, workspace, agent, model, allow, definition } = session;
      await query(
        `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, stream, title, workspace, agent, model, allow, definition && toJson(definition)],
      );
      const turns = file.turns.map((turn) => ({ ...turn, text: firstText(file, turn.turn) }));
      for (let from = 0; from < turns.length; from += batch) {
        const rows = toJson(turns.slice(from, from + batch));
        await query(
          `INSERT INTO messages (id, session_id, text, when_busy, status, turn, accepted_at)
           SELECT 'import/' || $1 || '/' || turn, $1, text, 'enqueue', 'delivered', turn, "startedAt"
           FROM jsonb_to_recordset($2::jsonb) AS t (turn integer, text text, "startedAt" timestamptz) ORDER BY turn`,
          [id, rows],
        );
        await query(
          `INSERT INTO turns (session_id, turn, message_id, status, code, started_at, ended_at)
           SELECT $1, turn, 'import/' || $1 || '/' || turn, status, code, "startedAt", "endedAt"
           FROM jsonb_to_recordset($2::jsonb) AS t (turn integer, status text, code text, "startedAt" timestamptz, "endedAt" timestamptz)`,
          [id, rows],
        );
      }
      await query('SELECT need_attachments($1, $2)', [id, file.chunks.flatMap(({ body }) => attachmentsIn(body))]);
      for (let from = 0; from < file.chunks.length; from += batch) {
        await query(
          `INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body, at)
           SELECT $1, $3::bigint + (c.n)::bigint, (value ->> 'turn')::integer, (value ->> 'step')::integer, (value ->> 'ordinal')::integer,
             value -> 'body' ->> 'kind', value -> 'body', (value ->> 'at')::timestamptz
           FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS c (value, n)`,
          [id, toJson(file.chunks.slice(from, from + batch)), from],
        );
      }
      // No usage of this session has their stamp.
      await query(
        `INSERT INTO context_epochs (session_id, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step,
           predicted, stamped_by, created_at)
         SELECT $1, epoch, 'import/' || $1 || '/' || epoch, kind, turn, step, summary, reason, failed,
           (made ->> 'turn')::integer, (made ->> 'step')::integer, predicted, 'import', at
         FROM jsonb_to_recordset($2::jsonb) AS e (epoch integer, kind text, turn integer, step integer, summary text, reason text,
           failed text, made jsonb, predicted jsonb, at timestamptz)`,
        [id, toJson(file.epochs)],
      );
      await query('SELECT index_turn($1, turn) FROM turns WHERE session_id = $1', [id]);
      return true;
    });
  },
});
