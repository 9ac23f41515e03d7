import { newIdempotencyKey } from '../../../client/idempotency.ts';
import type { FileChange } from '../../../contracts/file-changes.ts';
import type { Requests } from '../../events.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import { stagedKey } from '../state/approvals.ts';

const pageSize = 200;

export type StagedEffects = {
  load(wanted: Requests['load-staged']): void;
  /** Applies or rejects exactly the changes that were shown. */
  decide(decided: Requests['decide-staged']): void;
};

/** Staged changes of any session, from the inbox. */
export const createStaged = (store: Store): StagedEffects => {
  const readAll = async (sessionId: string): Promise<FileChange[]> => {
    const changes: FileChange[] = [];
    let cursor: string | undefined;
    do {
      const query = { state: 'pending' as const, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
      const page = await store.api().listFileChanges(sessionId, query);
      changes.push(...page.changes);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return changes;
  };

  return {
    load: ({ sessionId, show }) => {
      readAll(sessionId)
        .then(show)
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    decide: ({ staged: { sessionId, ids }, decision }) => {
      const id = stagedKey(sessionId);
      store.dispatch({ type: 'answering', id, decision: decision === 'approve' ? 'approve' : 'deny' });
      store
        .api()
        .decideFileChanges(sessionId, { decision, changes: [...ids] }, { idempotencyKey: newIdempotencyKey() })
        .then(() => store.dispatch({ type: 'answered', id }))
        .catch((cause: unknown) => {
          const error = asError(cause);
          store.dispatch({ type: 'answer-failed', id, message: error.message, faults: [] });
          if (error.code === 'unauthorized') reportFailure(store, error);
        });
    },
  };
};
