import type { AttachmentRef } from '../../../contracts/attachments.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { WhenBusy } from '../../../contracts/events.ts';
import type { Action } from '../../shell/state/actions.ts';

/**
 * A message on its way. Its key stays the same however often it is sent, so a message whose answer was lost takes
 * effect once. It leaves when the stream shows it, or when the person discards it.
 */
export type OutboxItem = {
  key: string;
  sessionId: string;
  text: string;
  attachments: readonly AttachmentRef[];
  whenBusy: WhenBusy;
  status: 'sending' | 'sent' | 'failed';
  messageId: string | null;
  error: EverturnError | null;
};

/** `arrived` holds ids that the stream showed before the answer to their request came. */
export type Outbox = { items: OutboxItem[]; arrived: readonly string[] };

const rememberedArrivals = 50;

const change = (outbox: Outbox, key: string, changes: Partial<OutboxItem>): Outbox => ({
  ...outbox,
  items: outbox.items.map((item) => (item.key === key ? { ...item, ...changes } : item)),
});

const arrive = (outbox: Outbox, messageIds: string[]): Outbox => {
  if (messageIds.length === 0) return outbox;
  return {
    items: outbox.items.filter(({ messageId }) => messageId === null || !messageIds.includes(messageId)),
    arrived: [...outbox.arrived, ...messageIds].slice(-rememberedArrivals),
  };
};

export const updateOutbox = (outbox: Outbox, action: Action): Outbox => {
  switch (action.type) {
    case 'outbox-added':
      return { ...outbox, items: [...outbox.items, action.item] };
    case 'outbox-sending':
      return change(outbox, action.key, { status: 'sending', error: null });
    case 'outbox-sent':
      if (outbox.arrived.includes(action.messageId)) {
        return { ...outbox, items: outbox.items.filter(({ key }) => key !== action.key) };
      }
      return change(outbox, action.key, { status: 'sent', messageId: action.messageId });
    case 'outbox-failed':
      return change(outbox, action.key, { status: 'failed', error: action.error });
    case 'outbox-removed':
      return { ...outbox, items: outbox.items.filter(({ key }) => key !== action.key) };
    case 'events':
      return arrive(
        outbox,
        action.events.flatMap(({ event }) =>
          event.type === 'message.accepted' || event.type === 'turn.started' ? [event.messageId] : [],
        ),
      );
    case 'snapshot':
      return {
        ...outbox,
        items: outbox.items.filter(({ sessionId, status }) => sessionId !== action.sessionId || status !== 'sent'),
      };
    case 'session-deleted':
      return { ...outbox, items: outbox.items.filter(({ sessionId }) => sessionId !== action.id) };
    default:
      return outbox;
  }
};
