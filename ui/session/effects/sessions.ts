import { newIdempotencyKey } from '../../../client/idempotency.ts';
import { builtInAgent } from '../../../contracts/find-agent.ts';
import type { Requests } from '../../events.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import type { Messages } from './messages.ts';

export type SessionActions = {
  create(request: Requests['create-session'], send: Messages['send']): void;
  rename(id: string, title: string): void;
  /** Out of the list, or back into it. */
  archive(id: string, archived: boolean): void;
  remove(id: string): void;
  fork(id: string, turn: number): void;
  /** A new session with the turns before this one, where its message is written again. */
  editTurn(id: string, turn: number, text: string): void;
  change(id: string, changes: Requests['change-session']): void;
};

/** Starting, renaming, deleting and forking sessions. `open` shows one, or the start. */
export const createSessions = (store: Store, open: (id: string | null) => void): SessionActions => {
  /** The same request after a failure goes out under the same key: it cannot start two sessions. */
  let last = { body: '', key: '' };

  const create = async ({ text, ...body }: Requests['create-session'], send: Messages['send']): Promise<void> => {
    const written = JSON.stringify(body);
    if (last.body !== written) last = { body: written, key: newIdempotencyKey() };
    const fromStart = store.get().conversation === null;
    store.dispatch({ type: 'creating' });
    try {
      const session = await store.api().createSession(body, { idempotencyKey: last.key });
      last = { body: '', key: '' };
      store.dispatch({ type: 'created', session });
      if (fromStart) store.dispatch({ type: 'draft', sessionId: '', text: '' });
      open(session.id);
      if (text.trim() !== '') send(session.id, text, 'enqueue');
    } catch (cause) {
      const error = asError(cause);
      store.dispatch({ type: 'create-failed', error });
      if (error.code === 'unauthorized') reportFailure(store, error);
    }
  };

  return {
    create: (request, send) => void create(request, send),
    rename: (id, title) => {
      store
        .api()
        .updateSession(id, { title })
        .then((session) => store.dispatch({ type: 'session-changed', session }))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    archive: (id, archived) => {
      store
        .api()
        .updateSession(id, { archived })
        .then((session) => store.dispatch({ type: 'session-changed', session }))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    fork: (id, turn) => {
      store
        .api()
        .forkSession(id, { turn })
        .then((session) => {
          store.dispatch({ type: 'created', session });
          open(session.id);
        })
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    editTurn: (id, turn, text) => {
      const session = store.get().conversation?.session;
      if (session?.id !== id) return;
      const { workspace, allow, changeMode, agent } = session;
      const begun =
        turn > 1
          ? store.api().forkSession(id, { turn: turn - 1 })
          : store
              .api()
              .createSession({ workspace, allow, changeMode, ...(agent === builtInAgent ? {} : { agent }) })
              .then(async (fresh) =>
                fresh.model === session.model
                  ? fresh
                  : await store.api().updateSession(fresh.id, { model: session.model }),
              );
      begun
        .then((fresh) => {
          store.dispatch({ type: 'created', session: fresh });
          store.dispatch({ type: 'draft', sessionId: fresh.id, text });
          open(fresh.id);
        })
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    change: (id, changes) => {
      store
        .api()
        .updateSession(id, changes)
        .then((session) => store.dispatch({ type: 'session-changed', session }))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    remove: (id) => {
      store
        .api()
        .deleteSession(id)
        .then(() => {
          store.dispatch({ type: 'session-deleted', id });
          open(null);
        })
        .catch((cause: unknown) => {
          store.dispatch({ type: 'panel', panel: 'none' });
          reportFailure(store, cause);
        });
    },
  };
};
