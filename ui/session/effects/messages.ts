import { newIdempotencyKey } from '../../../client/idempotency.ts';
import type { Decision } from '../../../contracts/approvals.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { WhenBusy } from '../../../contracts/events.ts';
import type { Requests } from '../../events.ts';
import { faultsOf } from '../../parts/model/form.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import { isIn } from '../model/is-in.ts';
import { attachingIn, readyOf } from '../state/attaching.ts';

export type Messages = {
  send(sessionId: string, text: string, whenBusy: WhenBusy): void;
  sendAgain(key: string): void;
  answer(answer: Requests['answer-approval']): void;
  answerQuestion(answer: Requests['answer-question']): void;
  withdraw(sessionId: string, messageId: string): void;
  /** Withdraws a message that waits, and has it written again. */
  edit(sessionId: string, messageId: string): void;
  answerSeveral(answers: Requests['answer-several']): void;
};

/** Answers that come too late: there is nothing left to answer. */
const isOver: ReadonlySet<ErrorCode> = new Set(['approval_answered', 'approval_closed', 'approval_expired']);

/** What a person says: messages through the outbox, and answers to approvals. */
export const createMessages = (store: Store): Messages => {
  const deliver = async (key: string): Promise<void> => {
    const item = store.get().outbox.items.find((other) => other.key === key);
    if (!item) return;
    const { sessionId, text, attachments, whenBusy } = item;
    const message = { text, whenBusy, ...(attachments.length > 0 ? { attachments: [...attachments] } : {}) };
    try {
      const sent = await store.api().sendMessage(sessionId, message, { idempotencyKey: key });
      const { conversation } = store.get();
      const isShown =
        conversation?.sessionId === sessionId && conversation.view !== null && isIn(conversation.view, sessionId, sent);
      store.dispatch({ type: 'outbox-sent', key, messageId: sent.messageId, isShown });
    } catch (cause) {
      const error = asError(cause);
      store.dispatch({ type: 'outbox-failed', key, error });
      if (error.code === 'unauthorized') reportFailure(store, error);
    }
  };

  const withdraw = async (sessionId: string, messageId: string): Promise<boolean> => {
    try {
      await store.api().withdrawMessage(sessionId, messageId);
      return true;
    } catch (cause) {
      reportFailure(store, cause);
      return false;
    }
  };

  const edit = async (sessionId: string, messageId: string): Promise<void> => {
    const { conversation, drafts } = store.get();
    const message = conversation?.view?.waiting.find((one) => one.messageId === messageId);
    if (!message || !(await withdraw(sessionId, messageId))) return;
    const draft = drafts[sessionId] ?? '';
    store.dispatch({ type: 'draft', sessionId, text: draft ? `${message.text}\n\n${draft}` : message.text });
    for (const { id, name } of message.attachments ?? []) {
      const item = { key: newIdempotencyKey(), name, status: 'ready', id, preview: null, error: null } as const;
      store.dispatch({ type: 'attach-added', sessionId, item });
    }
  };

  const settle = (id: string, decision: Decision, sent: Promise<unknown>): void => {
    store.dispatch({ type: 'answering', id, decision });
    sent
      .then(() => store.dispatch({ type: 'answered', id }))
      .catch((cause: unknown) => {
        const error = asError(cause);
        if (isOver.has(error.code)) {
          store.dispatch({ type: 'answered', id });
          reportFailure(store, error);
        } else {
          store.dispatch({ type: 'answer-failed', id, message: error.message, faults: faultsOf(error) });
          if (error.code === 'unauthorized') reportFailure(store, error);
        }
      });
  };

  /** An answer to another call than the one that was read is refused. */
  const shownHash = (id: string): { argumentsHash?: string } => {
    const shown = store.get().approvals.items.find((approval) => approval.id === id);
    return shown ? { argumentsHash: shown.argumentsHash } : {};
  };

  return {
    send: (sessionId, text, whenBusy) => {
      const key = newIdempotencyKey();
      const attachments = readyOf(attachingIn(store.get().attaching, sessionId));
      store.dispatch({
        type: 'outbox-added',
        item: { key, sessionId, text, attachments, whenBusy, status: 'sending', messageId: null, error: null },
      });
      store.dispatch({ type: 'draft', sessionId, text: '' });
      store.dispatch({ type: 'attach-sent', sessionId });
      void deliver(key);
    },
    sendAgain: (key) => {
      store.dispatch({ type: 'outbox-sending', key });
      void deliver(key);
    },
    withdraw: (sessionId, messageId) => void withdraw(sessionId, messageId),
    edit: (sessionId, messageId) => void edit(sessionId, messageId),
    answer: ({ id, decision, note, remember, answer }) =>
      settle(
        id,
        decision,
        store.api().answerApproval(id, {
          decision,
          ...shownHash(id),
          ...(note === '' ? {} : { note }),
          ...(remember === undefined ? {} : { remember: { scope: remember } }),
          ...(answer === undefined ? {} : { fields: { answer } }),
        }),
      ),
    answerSeveral: ({ ids, decision }) => {
      for (const id of ids) store.dispatch({ type: 'answering', id, decision });
      store
        .api()
        .answerSeveral(ids.map((id) => ({ id, decision, ...shownHash(id) })))
        .then(({ results }) => {
          for (const { id, outcome, code, message } of results) {
            if (outcome === 'answered' || isOver.has(code as ErrorCode)) store.dispatch({ type: 'answered', id });
            else store.dispatch({ type: 'answer-failed', id, message: message ?? '', faults: [] });
          }
        })
        .catch((cause: unknown) => {
          const { message } = asError(cause);
          for (const id of ids) store.dispatch({ type: 'answer-failed', id, message, faults: [] });
          reportFailure(store, cause);
        });
    },
    answerQuestion: ({ id, decision, note, fields }) =>
      settle(id, decision, store.api().answerQuestion(id, { decision, fields, ...(note === '' ? {} : { note }) })),
  };
};
