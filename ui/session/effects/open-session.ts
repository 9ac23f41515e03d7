import { tailSession } from '../../../client/tail.ts';
import type { Span } from '../../../contracts/api.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import { asError, type Store, tell } from '../../shell/effects/store.ts';
import { oldestSeq, runningTurn } from '../state/conversation.ts';

const pageSize = 100;
const maxTracePages = 20;
/** How long events are gathered when the page is not drawn, and so has no frames. */
const hiddenGatherMs = 250;

export type OpenSession = {
  /** Follows a session, or none. */
  open(id: string | null): void;
  reconnect(): void;
  loadOlder(): void;
  loadTrace(turn: number): void;
  cancel(): void;
};

/** Runs before the next drawing, or soon when nothing is drawn. */
export const nextFrame = (run: () => void): void => {
  if (document.hidden) setTimeout(run, hiddenGatherMs);
  else requestAnimationFrame(run);
};

/** Follows the session on the screen, at most one at a time. */
export const createOpenSession = (store: Store): OpenSession => {
  let following = new AbortController();
  let followed: string | null = null;

  const follow = async (sessionId: string, after: number | undefined): Promise<void> => {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    // A burst of events is one change of the state, so one drawing.
    let gathered: StreamEvent[] = [];
    const flush = (): void => {
      if (gathered.length === 0 || signal.aborted) return;
      const events = gathered;
      gathered = [];
      store.dispatch({ type: 'events', sessionId, events });
    };
    try {
      await tailSession(store.api(), sessionId, {
        signal,
        ...(after === undefined ? {} : { after }),
        onSnapshot: (snapshot) => {
          gathered = [];
          store.dispatch({ type: 'snapshot', sessionId, snapshot });
        },
        onEvent: (event) => {
          if (gathered.length === 0) nextFrame(flush);
          gathered.push(event);
        },
        onState: (state, { error, retryInMs = 0 }) => {
          if (signal.aborted) return;
          if (state === 'connecting' && store.get().conversation?.connection.state === 'retrying') return;
          const connection =
            state === 'live' || state === 'connecting'
              ? { state }
              : { state, error: asError(error), retryAt: Date.now() + retryInMs };
          store.dispatch({ type: 'connection', sessionId, connection });
        },
      });
    } catch (cause) {
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  const readTrace = async (sessionId: string, turn: number): Promise<void> => {
    const spans: Span[] = [];
    try {
      let cursor: string | undefined;
      for (let page = 0; page < maxTracePages; page += 1) {
        const query = { turn, limit: 500, ...(cursor === undefined ? {} : { cursor }) };
        const next = await store.api().listSpans(sessionId, query);
        spans.push(...next.spans);
        if (next.nextCursor === null) break;
        cursor = next.nextCursor;
      }
      store.dispatch({ type: 'trace', sessionId, turn, spans });
    } catch {
      // A turn without its figures is still a turn; the next visit asks again.
      store.dispatch({ type: 'trace', sessionId, turn, spans: [] });
    }
  };

  return {
    open: (id) => {
      if (id !== null && id === followed && !following.signal.aborted) return;
      followed = id;
      following.abort();
      if (id !== null) void follow(id, undefined);
    },
    reconnect: () => {
      const { conversation } = store.get();
      if (!conversation) return;
      const { sessionId, view } = conversation;
      store.dispatch({ type: 'connection', sessionId, connection: { state: 'connecting' } });
      void follow(sessionId, view?.position);
    },
    loadOlder: () => {
      const { conversation } = store.get();
      const before = conversation?.view ? oldestSeq(conversation.view) : null;
      if (!conversation || before === null || conversation.older.status === 'loading') return;
      const { sessionId } = conversation;
      store.dispatch({ type: 'older-loading', sessionId });
      store
        .api()
        .listChunks(sessionId, { before, limit: pageSize })
        .then((page) => store.dispatch({ type: 'older', sessionId, page }))
        .catch((cause: unknown) => store.dispatch({ type: 'older-failed', sessionId, error: asError(cause) }));
    },
    loadTrace: (turn) => {
      const { conversation } = store.get();
      if (!conversation || conversation.traces[turn] !== undefined) return;
      store.dispatch({ type: 'trace', sessionId: conversation.sessionId, turn, spans: null });
      void readTrace(conversation.sessionId, turn);
    },
    cancel: () => {
      const { conversation } = store.get();
      const turn = conversation?.view ? runningTurn(conversation.view) : null;
      if (!conversation || turn === null || conversation.cancelling === turn) return;
      const { sessionId } = conversation;
      store.dispatch({ type: 'cancelling', sessionId, turn });
      store
        .api()
        .cancelTurn(sessionId)
        .catch((cause: unknown) => {
          store.dispatch({ type: 'cancelling', sessionId, turn: null });
          tell(store, cause);
        });
    },
  };
};
