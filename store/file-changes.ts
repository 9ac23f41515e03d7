import type {
  ChangeKind,
  ChangeMode,
  ChangeState,
  FileChange,
  FileChangePage,
  StagedChanges,
  UndoChanges,
} from '../contracts/file-changes.ts';
import { invalidCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

/** What a regular file is, but for its content, which is found by its hash. */
export type FileState = { hash: string; mode: number };

/** One file before and after. `made`: the topmost folder that had to be made for it. */
export type FileStep = { path: string; before: FileState | null; after: FileState | null; made?: string };

/** A step of a set, with the change that it belongs to. */
export type SetStep = FileStep & { change: string };

/** A change as a call makes it. */
export type NewFileChange = {
  id: string;
  turn: number;
  step: number;
  call: number;
  tool: string;
  kind: ChangeKind;
  path: string;
  from: string | null;
  baseHash: string | null;
  /** On disk when it was made, where the change builds on another one that is pending. */
  diskHash: string | null;
  afterHash: string | null;
  mode: number | null;
  diff: string;
  added: number;
  removed: number;
  hunks: number;
  notes: string[];
  approvalId: string | null;
};

/** A change as it is applied and undone. */
export type StoredChange = Pick<
  NewFileChange,
  'id' | 'kind' | 'path' | 'from' | 'baseHash' | 'diskHash' | 'afterHash' | 'mode' | 'approvalId'
> & {
  number: number;
  state: ChangeState;
  /** The hunks that were approved; null: all. */
  chosen: number[] | null;
  steps: FileStep[] | null;
};

export type ChangeSet = {
  key: string;
  sessionId: string;
  workspace: string;
  kind: 'stage' | 'apply' | 'undo';
  state: 'asked' | 'applying' | 'done' | 'refused';
  changes: string[];
  steps: SetStep[] | null;
  words: string | null;
  reason: string | null;
  by: string | null;
};

export type NewSet = {
  key: string;
  sessionId: string;
  kind: 'apply' | 'undo';
  words: string | null;
  steps: SetStep[];
  /** Added first, as far as they are not there. */
  add: NewFileChange[];
  /** All changes of the set. */
  changes: string[];
};

export type EndedChange = {
  id: string;
  state: ChangeState;
  reason?: string | null;
  steps?: FileStep[];
  afterHash?: string | null;
  by?: string | null;
};

export type SetEnd = {
  key: string;
  sessionId: string;
  kind: 'apply' | 'undo';
  state: 'done' | 'refused';
  words?: string | null;
  reason: string | null;
  add?: NewFileChange[];
  changes: EndedChange[];
};

const stored = `id, number, kind, path, from_path AS "from", base_hash AS "baseHash", disk_hash AS "diskHash",
  after_hash AS "afterHash", mode, state, chosen, approval_id AS "approvalId", steps`;

const setColumns = `s.key, s.session_id AS "sessionId", (SELECT workspace FROM sessions WHERE id = s.session_id) AS workspace,
  s.kind, s.state, s.changes, s.steps, s.words, s.reason, s.asked_by AS by`;

type ListOptions = {
  state?: ChangeState | undefined;
  turn?: number | undefined;
  cursor?: string | undefined;
  limit: number;
};

const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);

export const fileChangeQueries = (database: Database, before: Promise<unknown> = Promise.resolve()) => ({
  /** Contents by their hash. */
  async putContents(sessionId: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
    if (contents.size === 0) return;
    await database.query(
      `INSERT INTO file_contents (session_id, hash, bytes) SELECT $1, hash, bytes
       FROM unnest($2::text[], $3::bytea[]) AS t (hash, bytes) ON CONFLICT DO NOTHING`,
      [sessionId, [...contents.keys()], [...contents.values()]],
    );
  },

  async contents(sessionId: string, hashes: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await database.query<{ hash: string; bytes: Buffer }>(
      'SELECT hash, bytes FROM file_contents WHERE session_id = $1 AND hash = ANY($2)',
      [sessionId, [...new Set(hashes)]],
    );
    return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
  },

  /** What the staged changes of a session make of a path. Undefined where none is about it. */
  async staged(sessionId: string, path: string): Promise<FileState | null | undefined> {
    const [row] = await database.query<{ kind: ChangeKind; path: string; hash: string | null; mode: number | null }>(
      `SELECT kind, path, after_hash AS hash, mode FROM file_changes
       WHERE session_id = $1 AND (path = $2 OR from_path = $2) AND state = 'pending' AND approval_id IS NULL
       ORDER BY number DESC LIMIT 1`,
      [sessionId, path],
    );
    if (!row) return undefined;
    return row.path !== path || row.hash === null ? null : { hash: row.hash, mode: row.mode ?? 0o644 };
  },

  /** Those that an approval asks for, in order. */
  async asked(approvalId: string): Promise<StoredChange[]> {
    return await database.query<StoredChange>(
      `SELECT ${stored} FROM file_changes WHERE approval_id = $1 ORDER BY number`,
      [approvalId],
    );
  },

  /** In the order of the queue; those of other sessions are left out. */
  async stored(sessionId: string, wanted: readonly string[]): Promise<StoredChange[]> {
    return await database.query<StoredChange>(
      `SELECT ${stored} FROM file_changes WHERE session_id = $1 AND id = ANY($2) ORDER BY number`,
      [sessionId, wanted],
    );
  },

  /** Whether a content is one that changes of the session were made from, or have made, at a path. */
  async isOurs(sessionId: string, path: string, hash: string | null): Promise<boolean> {
    const rows = await database.query(
      `SELECT FROM file_changes WHERE session_id = $1 AND (path = $2 OR from_path = $2)
         AND ($3::text IS NOT DISTINCT FROM disk_hash
           OR state = 'applied' AND $3::text IS NOT DISTINCT FROM after_hash) LIMIT 1`,
      [sessionId, path, hash],
    );
    return rows.length > 0;
  },

  /** Staged changes that wait, of each session that is not archived; the longest wait first. */
  async allStaged(): Promise<StagedChanges[]> {
    return await database.query<StagedChanges>(
      `SELECT s.id AS "sessionId", s.title, c.ids[1:1000] AS ids, c.paths[1:5] AS paths, c.added, c.removed, iso(c.since) AS since
       FROM (SELECT session_id, array_agg(id ORDER BY number) AS ids, array_agg(path ORDER BY number) AS paths,
           sum(added)::int AS added, sum(removed)::int AS removed, min(created_at) AS since
         FROM file_changes WHERE state = 'pending' AND approval_id IS NULL GROUP BY session_id) c
       JOIN sessions s ON s.id = c.session_id WHERE s.archived_at IS NULL ORDER BY c.since, s.id LIMIT 200`,
    );
  },

  /** Staged changes that wait, in order. */
  async pending(sessionId: string): Promise<string[]> {
    return ids(
      await database.query<{ id: string }>(
        `SELECT id FROM file_changes WHERE session_id = $1 AND state = 'pending' AND approval_id IS NULL ORDER BY number`,
        [sessionId],
      ),
    );
  },

  /** Applied ones that a request to undo means, in order. */
  async applied(sessionId: string, which: UndoChanges): Promise<string[]> {
    const [where, values] =
      'since' in which
        ? ['number >= (SELECT number FROM file_changes WHERE id = $2 AND session_id = $1)', [which.since]]
        : 'call' in which
          ? ['turn = $2 AND step = $3 AND call = $4', [which.turn, which.step, which.call]]
          : ['turn = $2', [which.turn]];
    return ids(
      await database.query<{ id: string }>(
        `SELECT id FROM file_changes WHERE session_id = $1 AND state = 'applied' AND ${where} ORDER BY number`,
        [sessionId, ...values],
      ),
    );
  },

  /** Changes of these paths that were applied after one, and are not among `except`. */
  async appliedAfter(sessionId: string, number: number, paths: readonly string[], except: readonly string[]) {
    return await database.query<{ id: string; number: number; path: string; from: string | null }>(
      `SELECT id, number, path, from_path AS "from" FROM file_changes WHERE session_id = $1 AND number > $2 AND state = 'applied'
         AND (path = ANY($3) OR from_path = ANY($3)) AND id <> ALL($4) ORDER BY number`,
      [sessionId, number, paths, except],
    );
  },

  async findSet(key: string): Promise<ChangeSet | undefined> {
    const [row] = await database.query<ChangeSet>(`SELECT ${setColumns} FROM file_change_sets s WHERE s.key = $1`, [
      key,
    ]);
    return row;
  },

  /** Sets that no process may be working on. */
  async openSets(limit: number): Promise<ChangeSet[]> {
    return await database.query<ChangeSet>(
      `SELECT ${setColumns} FROM file_change_sets s WHERE s.state IN ('asked', 'applying')
         AND s.asked_at < clock_timestamp() - interval '2 s'
         AND NOT EXISTS (SELECT FROM operations o JOIN turns t USING (session_id, turn)
           WHERE o.key = s.key AND o.state IN ('open', 'failed') AND t.status = 'running')
       ORDER BY s.asked_at LIMIT $1`,
      [limit],
    );
  },

  /** Idempotent by key. */
  async stage(key: string, sessionId: string, words: string, changes: readonly NewFileChange[]): Promise<void> {
    await database.query('SELECT stage_file_changes($1, $2, $3, $4)', [key, sessionId, words, toJson(changes)]);
  },

  /** Writes the journal. False: someone else has decided about one of the changes. */
  async begin({ key, sessionId, kind, words, steps, add, changes }: NewSet): Promise<boolean> {
    const [row] = await database.query<{ begun: boolean }>(
      'SELECT begin_file_changes($1, $2, $3, $4, $5, $6, $7) AS begun',
      [key, sessionId, kind, words, toJson(steps), toJson(add), changes],
    );
    return row?.begun === true;
  },

  /** The first end of a set is kept. */
  async end({ key, sessionId, kind, state, words = null, reason, add = [], changes }: SetEnd): Promise<void> {
    await database.query('SELECT end_file_changes($1, $2, $3, $4, $5, $6, $7, $8)', [
      key,
      sessionId,
      kind,
      state,
      words,
      reason,
      toJson(add),
      toJson(changes),
    ]);
  },

  /** A user asks for changes to be applied or undone. Idempotent by key. */
  async ask(set: {
    key: string;
    sessionId: string;
    kind: 'apply' | 'undo';
    changes: readonly string[];
    chosen: readonly number[] | null;
    by: string;
  }): Promise<void> {
    await database.query('SELECT ask_file_changes($1, $2, $3, $4, $5, $6)', [
      set.key,
      set.sessionId,
      set.kind,
      set.changes,
      set.chosen,
      set.by,
    ]);
  },

  /** The hunks that a user approves of a change that an approval asks for. */
  async choose(id: string, chosen: readonly number[]): Promise<void> {
    await database.query('UPDATE file_changes SET chosen = $2 WHERE id = $1', [id, chosen]);
  },

  /** Returns those that were pending. */
  async reject(sessionId: string, wanted: readonly string[], by: string): Promise<string[]> {
    const rows = await database.query<{ id: string }>('SELECT reject_file_changes($1, $2, $3) AS id', [
      sessionId,
      wanted,
      by,
    ]);
    return ids(rows);
  },

  async setMode(sessionId: string, mode: ChangeMode): Promise<void> {
    await database.query('SELECT set_change_mode($1, $2)', [sessionId, mode]);
  },

  async find(sessionId: string, wanted: readonly string[]): Promise<FileChange[]> {
    const rows = await database.query<{ change: FileChange }>(
      `SELECT file_change_json(c) AS change FROM file_changes c WHERE session_id = $1 AND id = ANY($2) ORDER BY number`,
      [sessionId, wanted],
    );
    return rows.map(({ change }) => change);
  },

  /** The oldest first. Throws `bad_request` for a cursor that no page has given. */
  async list(sessionId: string, { state, turn, cursor, limit }: ListOptions): Promise<Omit<FileChangePage, 'mode'>> {
    if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
      throw invalidCursor(cursor);
    }
    const rows = await database.query<{ change: FileChange }>(
      `SELECT file_change_json(c) AS change FROM file_changes c WHERE session_id = $1 AND number > $2
         AND ($3::integer IS NULL OR turn = $3) AND ($4::text IS NULL OR file_change_state(c) = $4)
       ORDER BY number LIMIT $5`,
      [sessionId, Number(cursor ?? 0), turn ?? null, state ?? null, limit + 1],
    );
    const changes = rows.slice(0, limit).map(({ change }) => change);
    const last = changes.at(-1);
    return { changes, nextCursor: rows.length > limit && last ? String(last.number) : null };
  },

  /**
   * One process at a time works on the files of a workspace. `work` must be safe to run twice. It holds a connection, and
   * asks for others meanwhile: of those that wait, one at a time holds one.
   */
  locked<Result>(workspace: string, work: () => Promise<Result>): Promise<Result> {
    const turn = before.then(() =>
      database.transaction(async ({ query }) => {
        await query(`SELECT pg_advisory_xact_lock(hashtextextended('files ' || $1, 0))`, [workspace]);
        return await work();
      }),
    );
    before = turn.catch(() => undefined);
    return turn;
  },
});

export type FileChangeQueries = ReturnType<typeof fileChangeQueries>;
