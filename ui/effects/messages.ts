import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { WhenBusy } from '../../contracts/events.ts';
import type { Requests } from '../events.ts';
import { asError, type Store, tell } from './store.ts';

export type Messages = {
  send(sessionId: string, text: string, whenBusy: WhenBusy): void;
  sendAgain(key: string): void;
  answer(answer: Requests['answer-approval']): void;
};

/** What a person says: messages through the outbox, and answers to approvals. */
export const createMessages = (store: Store): Messages => {
  const deliver = async (key: string): Promise<void> => {
    const item = store.get().outbox.items.find((other) => other.key === key);
    if (!item) return;
    const { sessionId, text, whenBusy } = item;
    try {
      const sent = await store.api().sendMessage(sessionId, { text, whenBusy }, { idempotencyKey: key });
      store.dispatch({ type: 'outbox-sent', key, messageId: sent.messageId });
    } catch (cause) {
      const error = asError(cause);
      store.dispatch({ type: 'outbox-failed', key, error });
      if (error.code === 'unauthorized') tell(store, error);
    }
  };

  return {
    send: (sessionId, text, whenBusy) => {
      const key = newIdempotencyKey();
      store.dispatch({
        type: 'outbox-added',
        item: { key, sessionId, text, whenBusy, status: 'sending', messageId: null, error: null },
      });
      store.dispatch({ type: 'draft', sessionId, text: '' });
      void deliver(key);
    },
    sendAgain: (key) => {
      store.dispatch({ type: 'outbox-sending', key });
      void deliver(key);
    },
    answer: ({ id, decision, note }) => {
      store.dispatch({ type: 'answering', id, decision });
      store
        .api()
        .answerApproval(id, { decision, ...(note === '' ? {} : { note }) })
        .then(() => store.dispatch({ type: 'answered', id }))
        .catch((cause: unknown) => {
          const error = asError(cause);
          if (error.code === 'approval_answered' || error.code === 'approval_closed') {
            store.dispatch({ type: 'answered', id });
            tell(store, error);
          } else {
            store.dispatch({ type: 'answer-failed', id, message: error.message });
            if (error.code === 'unauthorized') tell(store, error);
          }
        });
    },
  };
};
