import { newIdempotencyKey } from '../../../client/idempotency.ts';
import type { DecideChanges, FileChange, UndoChanges } from '../../../contracts/file-changes.ts';
import type { RunSurvived } from '../../../contracts/turn-summary.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import { addressOf } from '../../shell/model/address.ts';
import { type RequestOf, requestKey, type SideTab } from '../model/beside.ts';
import type { SessionPlace } from '../model/place.ts';

const changesAtOnce = 200;
const maxChangePages = 10;

export type BesideEffects = {
  select(place: SessionPlace | null): void;
  show(tab: SideTab): void;
  close(): void;
  /** Names of everturn.yaml; none where it names none. */
  loadModels(show: (names: readonly string[]) => void): void;
  loadSurvived(runId: string, show: (survived: RunSurvived) => void): void;
  loadTurns(more: boolean): void;
  loadRequest(of: RequestOf): void;
  loadChanges(): void;
  decide(body: DecideChanges): void;
  undo(body: UndoChanges): void;
  loadCommands(): void;
  stopCommand(id: string): void;
};

/** What is shown beside a conversation, and what is done there. */
export const createBeside = (store: Store, navigation: { name(address: string): void }): BesideEffects => {
  const open = () => store.get().conversation;
  const openId = (): string => open()?.sessionId ?? '';

  const readChanges = async (sessionId: string): Promise<void> => {
    const changes: FileChange[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < maxChangePages; page += 1) {
      const next = await store
        .api()
        .listFileChanges(sessionId, { limit: changesAtOnce, ...(cursor === undefined ? {} : { cursor }) });
      changes.push(...next.changes);
      if (next.nextCursor === null || page === maxChangePages - 1) {
        store.dispatch({ type: 'changes', sessionId, mode: next.mode, changes });
        return;
      }
      cursor = next.nextCursor;
    }
  };

  const changed = async (busy: readonly string[], act: (sessionId: string) => Promise<unknown>): Promise<void> => {
    const sessionId = openId();
    store.dispatch({ type: 'changes-busy', sessionId, busy });
    try {
      await act(sessionId);
      await readChanges(sessionId);
    } catch (cause) {
      const error = asError(cause);
      await readChanges(sessionId).catch(() => {});
      store.dispatch({ type: 'changes-failed', sessionId, message: error.message });
    }
  };

  return {
    select: (place) => {
      const sessionId = openId();
      store.dispatch({ type: 'selected', sessionId, place });
      navigation.name(addressOf(sessionId, place));
    },
    show: (tab) => store.dispatch({ type: 'side', sessionId: openId(), tab }),
    close: () => store.dispatch({ type: 'side-open', sessionId: openId(), open: false }),
    loadModels: (show) => {
      store
        .api()
        .listKeys()
        .then(({ keys }) => show([...new Set(keys.flatMap(({ models }) => models))]))
        .catch((cause: unknown) => {
          // The model can be changed elsewhere; a token that is refused is told by what else is read.
          if (asError(cause).code === 'unauthorized') reportFailure(store, cause);
        });
    },
    loadSurvived: (runId, show) => {
      store
        .api()
        .getSurvived(runId)
        .then(show)
        .catch((cause: unknown) => {
          // It is asked again when the run has moved on.
          if (asError(cause).code === 'unauthorized') reportFailure(store, cause);
        });
    },
    loadTurns: (more) => {
      const sessionId = openId();
      const cursor = more ? (open()?.beside.turns?.nextCursor ?? null) : null;
      if (more && cursor === null) return;
      store
        .api()
        .listTurns(sessionId, cursor === null ? {} : { cursor })
        .then((page) => store.dispatch({ type: more ? 'turns-more' : 'turns-first', sessionId, page }))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    loadRequest: (of) => {
      const sessionId = openId();
      const known = open()?.beside.requests[requestKey(of)];
      if (known && known.status !== 'failed') return;
      store.dispatch({ type: 'sent-request', sessionId, of, state: { status: 'loading' } });
      const { turn, step, attempt } = of;
      store
        .api()
        .getSentRequest(sessionId, { turn, step, ...(attempt === null ? {} : { attempt }) })
        .then((request) => store.dispatch({ type: 'sent-request', sessionId, of, state: { status: 'ready', request } }))
        .catch((cause: unknown) =>
          store.dispatch({
            type: 'sent-request',
            sessionId,
            of,
            state: { status: 'failed', message: asError(cause).message },
          }),
        );
    },
    loadChanges: () => {
      readChanges(openId()).catch((cause: unknown) => reportFailure(store, cause));
    },
    decide: (body) =>
      void changed(body.changes ?? ['all'], (id) =>
        store.api().decideFileChanges(id, body, { idempotencyKey: newIdempotencyKey() }),
      ),
    undo: (body) =>
      void changed(['undo'], (id) => store.api().undoFileChanges(id, body, { idempotencyKey: newIdempotencyKey() })),
    loadCommands: () => {
      const sessionId = openId();
      store
        .api()
        .listCommands({ session: sessionId })
        .then(({ commands }) => store.dispatch({ type: 'commands', sessionId, commands }))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
    stopCommand: (id) => {
      store
        .api()
        .stopCommand(id, { idempotencyKey: newIdempotencyKey() })
        .catch((cause: unknown) => reportFailure(store, cause));
    },
  };
};
