import type { FileChange } from '../../../contracts/file-changes.ts';
import type { ChangeSet, NewFileChange, StoredChange } from '../../../store/file-changes.ts';
import type { ChangeQueue } from '../queue.ts';

type Row = NewFileChange & StoredChange & { reason: string | null; setKey: string | null };

/** A queue in memory, for tests: what the one in Postgres does, for one session. */
export const memoryQueue = (sessionId = 'session') => {
  const rows: Row[] = [];
  const sets = new Map<string, ChangeSet>();
  const kept = new Map<string, Buffer>();
  let last: Promise<unknown> = Promise.resolve();
  const rowsOf = (wanted: readonly string[]): Row[] => rows.filter(({ id }) => wanted.includes(id));
  const add = (changes: readonly NewFileChange[], state: Row['state'] = 'pending'): void => {
    for (const change of changes) {
      if (rows.some(({ id }) => id === change.id)) continue;
      rows.push({ ...change, number: rows.length + 1, state, chosen: null, steps: null, reason: null, setKey: null });
    }
  };
  const setOf = (key: string): ChangeSet => ({
    key,
    sessionId,
    workspace: '',
    kind: 'apply',
    state: 'asked',
    changes: [],
    steps: null,
    words: null,
    reason: null,
    by: null,
  });
  const queue: ChangeQueue = {
    putContents: async (_, contents) => {
      for (const [hash, bytes] of contents) kept.set(hash, bytes);
    },
    contents: async (_, hashes) =>
      new Map(
        hashes.flatMap((hash) => {
          const bytes = kept.get(hash);
          return bytes ? [[hash, bytes] as const] : [];
        }),
      ),
    staged: async (_, path) => {
      const row = rows.findLast(
        (one) => (one.path === path || one.from === path) && one.state === 'pending' && one.approvalId === null,
      );
      if (!row) return undefined;
      return row.path !== path || row.afterHash === null ? null : { hash: row.afterHash, mode: row.mode ?? 0o644 };
    },
    asked: async (approvalId) => rows.filter((row) => row.approvalId === approvalId),
    stored: async (_, wanted) => rowsOf(wanted),
    isOurs: async (_, path, hash) =>
      rows.some(
        (row) =>
          (row.path === path || row.from === path) &&
          (row.diskHash === hash || (row.state === 'applied' && row.afterHash === hash)),
      ),
    pending: async () =>
      rows.filter(({ state, approvalId }) => state === 'pending' && approvalId === null).map(({ id }) => id),
    applied: async (_, which) =>
      rows
        .filter((row) => {
          if (row.state !== 'applied') return false;
          if ('since' in which) return row.number >= (rows.find(({ id }) => id === which.since)?.number ?? Infinity);
          return (
            row.turn === which.turn && (!('call' in which) || (row.step === which.step && row.call === which.call))
          );
        })
        .map(({ id }) => id),
    appliedAfter: async (_, number, paths, except) =>
      rows.filter(
        (row) =>
          row.number > number &&
          row.state === 'applied' &&
          (paths.includes(row.path) || paths.includes(row.from ?? row.path)) &&
          !except.includes(row.id),
      ),
    findSet: async (key) => sets.get(key),
    stage: async (key, _, words, changes) => {
      if (sets.has(key)) return;
      sets.set(key, { ...setOf(key), kind: 'stage', state: 'done', words, changes: changes.map(({ id }) => id) });
      add(changes);
    },
    begin: async ({ key, kind, words, steps, add: added, changes }) => {
      const set = sets.get(key);
      if (set && set.state !== 'asked') return true;
      add(added);
      const free = kind === 'undo' ? ['applied'] : ['pending', 'conflict', 'failed', 'undone'];
      if (rowsOf(changes).filter(({ state }) => free.includes(state)).length < changes.length) return false;
      for (const row of rowsOf(changes)) Object.assign(row, { state: 'applying', setKey: key });
      sets.set(key, { ...setOf(key), ...set, kind, words, steps: structuredClone(steps), changes, state: 'applying' });
      return true;
    },
    end: async ({ key, kind, state, reason, changes, words = null }) => {
      const set = sets.get(key) ?? { ...setOf(key), kind, words, changes: changes.map(({ id }) => id) };
      if (set.state !== 'asked' && set.state !== 'applying') return;
      sets.set(key, { ...set, state, reason });
      for (const { id, ...change } of changes) {
        const row = rows.find((one) => one.id === id);
        if (row) Object.assign(row, change);
      }
    },
    find: async (_, wanted) =>
      rowsOf(wanted).map(
        (row): FileChange => ({
          ...row,
          sessionId,
          agent: 'default',
          decidedBy: null,
          createdAt: '2026-01-01T00:00:00.000Z',
          decidedAt: null,
        }),
      ),
    locked: (_, work) => {
      const turn = last.then(work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
  return { ...queue, rows, sets, add };
};
