import { sessionKind } from '../../../client/tail.ts';
import type { Span } from '../../../contracts/api.ts';
import { streamOfSession } from '../../../contracts/ids.ts';
import { startTextWorker } from '../../parts/effects/text-work.ts';
import { createFollower, type Follower } from '../../shell/effects/follower.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import type { Live } from '../../shell/effects/streams/live.ts';
import { oldestSeq, runningTurn } from '../state/conversation.ts';

const pageSize = 100;
const maxTracePages = 20;
/** Spans of a page; a session shows so many pages before more are asked for. */
const spansAtOnce = 500;
const firstPages = 4;

export type OpenSession = Follower & {
  loadOlder(): void;
  loadTrace(turn: number): void;
  /** The spans of all turns, as far as they are shown; `more`: and some after them. */
  loadSessionTrace(more: boolean): void;
  cancel(): void;
};

/** Follows the session on the screen, and reads what its stream does not carry. */
export const createOpenSession = (store: Store, live: Live): OpenSession => {
  const follower = createFollower(store, live, {
    kind: sessionKind,
    streamOf: streamOfSession,
    onSnapshot: (sessionId, snapshot) => store.dispatch({ type: 'snapshot', sessionId, snapshot }),
    onEvents: (sessionId, events) => store.dispatch({ type: 'events', sessionId, events }),
    onConnection: (sessionId, connection) => store.dispatch({ type: 'connection', sessionId, connection }),
    current: () => {
      const { conversation } = store.get();
      if (!conversation) return null;
      const { sessionId, view } = conversation;
      const isBusy = view !== null && runningTurn(view) !== null && view.approvals.length === 0;
      return { id: sessionId, position: view?.position, isBusy };
    },
  });

  const readSpans = async (
    sessionId: string,
    of: { turn?: number },
    pages = maxTracePages,
    onFirst?: (spans: Span[]) => void,
  ): Promise<{ spans: Span[]; more: boolean }> => {
    const spans: Span[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const query = { ...of, limit: spansAtOnce, ...(cursor === undefined ? {} : { cursor }) };
      const next = await store.api().listSpans(sessionId, query);
      spans.push(...next.spans);
      if (next.nextCursor === null) return { spans, more: false };
      if (page === 0) onFirst?.(next.spans);
      cursor = next.nextCursor;
    }
    return { spans, more: true };
  };

  const readTrace = async (sessionId: string, turn: number): Promise<void> => {
    try {
      const { spans } = await readSpans(sessionId, { turn });
      store.dispatch({ type: 'trace', sessionId, turn, spans });
    } catch {
      // A turn without its figures is still a turn; the next visit asks again.
      store.dispatch({ type: 'trace', sessionId, turn, spans: [] });
    }
  };

  return {
    ...follower,
    open: (id) => {
      // It reads its code while the snapshot comes.
      if (id !== null) startTextWorker();
      follower.open(id);
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
    loadSessionTrace: (more) => {
      const { conversation } = store.get();
      if (!conversation) return;
      const { sessionId } = conversation;
      const shown = Math.ceil((conversation.allSpans?.length ?? 0) / spansAtOnce);
      // The first page is on the screen while the others are read.
      const show = (spans: Span[]): void => {
        if (shown === 0) store.dispatch({ type: 'session-trace', sessionId, spans, more: false });
      };
      readSpans(sessionId, {}, Math.max(firstPages, shown) + (more ? firstPages : 0), show)
        .then((read) => store.dispatch({ type: 'session-trace', sessionId, ...read }))
        .catch((cause: unknown) => reportFailure(store, cause));
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
          reportFailure(store, cause);
        });
    },
  };
};
