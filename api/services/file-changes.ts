import type { z } from 'zod';
import type { Session } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { ChangeOutcome, DecideChanges, FileChange, UndoChanges } from '../../contracts/file-changes.ts';
import type { Act } from '../../store/audit.ts';
import type { ApiContext } from '../context.ts';
import { createAnswers } from './answers.ts';
import { unlessAway } from './delivery.ts';

type Decide = z.output<typeof DecideChanges>;
type Asking = { session: Pick<Session, 'id'>; key: string; by: Act };

/** What was undone can be applied again. */
const open = { approve: ['pending', 'conflict', 'failed', 'undone'], reject: ['pending', 'conflict', 'failed'] };

/** Throws `change_decided` for one that has been decided. */
const refuseDecided = (changes: readonly FileChange[], { decision }: Decide): void => {
  const decided = changes.find(({ state }) => !open[decision].includes(state));
  if (!decided) return;
  throw new EverturnError(
    'change_decided',
    `Cannot decide about change ${decided.number} (${decided.path}): it is ${decided.state}. List those that wait with GET /api/sessions/${decided.sessionId}/changes?state=pending`,
    { details: { change: { ...decided, diff: '' } } },
  );
};

const checkHunks = (changes: readonly FileChange[], { decision, hunks }: Decide): void => {
  if (hunks === undefined) return;
  const [change] = changes;
  if (!change || changes.length > 1 || decision === 'reject') {
    throw new EverturnError(
      'bad_request',
      'Cannot choose hunks of several changes, or reject hunks: name one change and approve the hunks that you want',
    );
  }
  const wrong = hunks.find((hunk) => hunk >= change.hunks);
  if (wrong === undefined && change.diff.includes('\n@@ ')) return;
  throw new EverturnError(
    'bad_request',
    change.diff.includes('\n@@ ')
      ? `Cannot approve hunk ${wrong} of change ${change.number}: it has ${change.hunks}, numbered from 0`
      : `Cannot approve hunks of change ${change.number}: its files are not text. Approve all of it`,
  );
};

/** Its approval decides. If its call has run, only users decide. */
const isAsked = ({ approvalId, state }: FileChange): boolean => approvalId !== null && state === 'pending';

/** An approval is about a whole call: it is answered as a whole. */
const approvalsOf = async (store: ApiContext['store'], changes: readonly FileChange[]): Promise<string[]> => {
  const ids = [...new Set(changes.filter(isAsked).map(({ approvalId }) => approvalId ?? ''))];
  for (const id of ids) {
    const all = await store.fileChanges.asked(id);
    const missing = all.find((one) => changes.every((change) => change.id !== one.id));
    if (!missing) continue;
    throw new EverturnError(
      'bad_request',
      `Cannot decide about a part of one call: its change ${missing.number} (${missing.path}) belongs to it too. Name both`,
    );
  }
  return ids;
};

/** Decisions of people about changes of files. The first one is kept. */
export const createFileChangeService = ({
  store,
  gateway,
  delivery,
}: Pick<ApiContext, 'store' | 'gateway' | 'delivery'>) => {
  const answers = createAnswers(store, delivery);

  const named = async (session: Asking['session'], ids: readonly string[] | undefined): Promise<FileChange[]> => {
    if (ids === undefined) {
      const { changes } = await store.fileChanges.list(session.id, { state: 'pending', limit: 1000 });
      if (changes.length > 0) return changes;
      throw new EverturnError('change_not_found', `Cannot decide in session ${session.id}: no change waits there`);
    }
    const changes = await store.fileChanges.find(session.id, ids);
    const missing = ids.find((id) => changes.every((change) => change.id !== id));
    if (missing === undefined) return changes;
    throw new EverturnError(
      'change_not_found',
      `Cannot find change ${missing}: session ${session.id} has none of this id. List its changes with "npx everturn changes ${session.id}" (GET /api/sessions/${session.id}/changes)`,
    );
  };

  const outcomeOf = async (key: string, ids: readonly string[], sessionId: string): Promise<ChangeOutcome> => {
    const set = await store.fileChanges.findSet(key);
    const changes = await store.fileChanges.find(sessionId, ids);
    if (set?.state === 'refused') {
      throw new EverturnError('change_conflict', `Nothing was written. ${set.reason}`, {
        details: { changes: changes.map((change) => ({ ...change, diff: '' })) },
      });
    }
    return { status: set?.state === 'done' ? 'done' : 'working', changes };
  };

  /** Commits what is asked for, then has a workflow do it. */
  const carryOut = async (
    { session, key, by }: Asking,
    kind: 'apply' | 'undo',
    ids: readonly string[],
    chosen: readonly number[] | null,
  ): Promise<ChangeOutcome> => {
    const set = { key, sessionId: session.id, kind, changes: ids, chosen, by: by.user };
    await store.act(by, ({ fileChanges }) => fileChanges.ask(set));
    await unlessAway(gateway.startFileChanges(set));
    await unlessAway(gateway.fileChangesEnd(key));
    store.wake(session.id);
    return await outcomeOf(key, ids, session.id);
  };

  return {
    /** Throws `change_not_found`, `change_decided`, and `change_conflict` where a file is not what a change was made from. */
    async decide(asking: Asking, body: Decide): Promise<ChangeOutcome> {
      const { session, key, by } = asking;
      const earlier = await store.fileChanges.findSet(key);
      if (earlier) return await carryOut(asking, 'apply', earlier.changes, null);
      const changes = await named(session, body.changes);
      refuseDecided(changes, body);
      checkHunks(changes, body);
      const approvals = await approvalsOf(store, changes);
      const staged = changes.filter((change) => !isAsked(change)).map(({ id }) => id);
      const [only] = changes;
      if (body.hunks && only && approvals.length > 0) await store.fileChanges.choose(only.id, body.hunks);
      for (const id of approvals) {
        const approval = await store.approvals.find(id);
        const decision = body.decision === 'approve' ? 'approve' : 'deny';
        if (approval) await answers.toApproval(approval, { by: { ...by, key: `${key} ${id}` }, answer: { decision } });
      }
      if (staged.length > 0 && body.decision === 'approve') {
        await carryOut(asking, 'apply', staged, body.hunks ?? null);
      }
      if (staged.length > 0 && body.decision === 'reject') {
        await store.act(by, ({ fileChanges }) => fileChanges.reject(session.id, staged, by.user));
      }
      store.wake(session.id);
      const set = await store.fileChanges.findSet(key);
      const isOver = approvals.length === 0 && (set === undefined || set.state !== 'asked');
      const ids = changes.map(({ id }) => id);
      return { status: isOver ? 'done' : 'working', changes: await store.fileChanges.find(session.id, ids) };
    },

    /** Throws `change_not_found` where nothing of it is applied, and `change_conflict`. */
    async undo(asking: Asking, which: UndoChanges): Promise<ChangeOutcome> {
      const { session, key } = asking;
      const earlier = await store.fileChanges.findSet(key);
      const ids = earlier?.changes ?? (await store.fileChanges.applied(session.id, which));
      if (ids.length > 0) return await carryOut(asking, 'undo', ids, null);
      throw new EverturnError(
        'change_not_found',
        `Cannot undo in session ${session.id}: it has no applied changes there. List its changes with "npx everturn changes ${session.id}" (GET /api/sessions/${session.id}/changes?state=applied)`,
      );
    },
  };
};
