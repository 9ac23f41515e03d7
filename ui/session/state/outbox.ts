import type { StreamEvent } from '../../../contracts/events.ts';
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
    items: outbox.items.filter(
      ({ messageId, status }) => status !== 'sent' || messageId === null || !messageIds.includes(messageId),
    ),
    arrived: [...outbox.arrived, ...messageIds].slice(-rememberedArrivals),
  };
};

/** The stream shows a message before the answer to its request came: this item is then taken to be it. */
const recognise = (items: OutboxItem[], sessionId: string, { event }: StreamEvent): OutboxItem[] => {
  if (event.type !== 'message.accepted') return items;
  const own = items.find(
    (item) =>
      item.sessionId === sessionId &&
      item.status === 'sending' &&
      item.messageId === null &&
      item.text === event.text &&
      item.whenBusy === event.whenBusy,
  );
  return own ? items.map((item) => (item === own ? { ...item, messageId: event.messageId } : item)) : items;
};

export const updateOutbox = (outbox: Outbox, action: Action): Outbox => {
  switch (action.type) {
    case 'outbox-added':
      return { ...outbox, items: [...outbox.items, action.item] };
    case 'outbox-sending':
      return change(outbox, action.key, { status: 'sending', messageId: null, error: null });
    case 'outbox-sent':
      if (action.isShown || outbox.arrived.includes(action.messageId)) {
        return { ...outbox, items: outbox.items.filter(({ key }) => key !== action.key) };
      }
      return change(outbox, action.key, { status: 'sent', messageId: action.messageId });
    case 'outbox-failed':
      return change(outbox, action.key, { status: 'failed', messageId: null, error: action.error });
    case 'outbox-removed':
      return { ...outbox, items: outbox.items.filter(({ key }) => key !== action.key) };
    case 'events':
      return arrive(
        {
          ...outbox,
          items: action.events.reduce((items, event) => recognise(items, action.sessionId, event), outbox.items),
        },
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
