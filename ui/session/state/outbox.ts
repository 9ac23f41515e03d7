import type { Action } from '../../shell/state/actions.ts';
import type { OutboxItem } from '../model/outbox-item.ts';

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
