import type { AttachmentRef } from '../../../contracts/attachments.ts';
import type { Action } from '../../shell/state/actions.ts';
import type { AttachItem } from '../model/attach-item.ts';

/** By session. They stay until the message is sent; what is not uploaded yet, until the page closes. */
export type Attaching = Record<string, readonly AttachItem[]>;

const none: readonly AttachItem[] = [];

export const attachingIn = (attaching: Attaching, sessionId: string): readonly AttachItem[] =>
  attaching[sessionId] ?? none;

/** What goes with a message that is sent now. */
export const readyOf = (items: readonly AttachItem[]): AttachmentRef[] => {
  const refs = items.flatMap(({ id, name }) => (id === null ? [] : [{ id, name }]));
  return refs.filter(({ id }, index) => refs.findIndex((other) => other.id === id) === index);
};

const change = (attaching: Attaching, key: string, changes: Partial<AttachItem>): Attaching =>
  Object.fromEntries(
    Object.entries(attaching).map(([id, items]) => [
      id,
      items.map((item) => (item.key === key ? { ...item, ...changes } : item)),
    ]),
  );

export const updateAttaching = (attaching: Attaching, action: Action): Attaching => {
  switch (action.type) {
    case 'attach-added':
      return { ...attaching, [action.sessionId]: [...attachingIn(attaching, action.sessionId), action.item] };
    case 'attach-ready':
      return change(attaching, action.key, { status: 'ready', id: action.id });
    case 'attach-failed':
      return change(attaching, action.key, { status: 'failed', error: action.error });
    case 'attach-removed':
      return Object.fromEntries(
        Object.entries(attaching).map(([id, items]) => [id, items.filter(({ key }) => key !== action.key)]),
      );
    case 'attach-sent':
      return { ...attaching, [action.sessionId]: none };
    case 'session-deleted':
      return Object.fromEntries(Object.entries(attaching).filter(([id]) => id !== action.id));
    default:
      return attaching;
  }
};
