import type { CreateSession } from '../contracts/api.ts';
import type { Decision } from '../contracts/approvals.ts';
import type { WhenBusy } from '../contracts/events.ts';
import type { Panel, ThemeChoice } from './state/shell.ts';

/** Every request an element may make. The app element alone acts on them. */
export type Requests = {
  'use-token': { token: string };
  'open-session': { id: string | null };
  'search-sessions': { q: string };
  'more-sessions': null;
  'create-session': CreateSession & { text: string };
  'rename-session': { id: string; title: string };
  'delete-session': { id: string };
  'send-message': { text: string; whenBusy: WhenBusy };
  'edit-draft': { text: string };
  /** Sends a message of the outbox again under its first key. */
  'send-again': { key: string };
  'discard-message': { key: string };
  'cancel-turn': null;
  'answer-approval': { id: string; decision: Decision; note: string };
  'load-older': null;
  'load-trace': { turn: number };
  reconnect: null;
  'choose-theme': { theme: ThemeChoice };
  'show-panel': { panel: Panel };
  'show-rail': { open: boolean };
  notify: { text: string };
  'dismiss-notice': { id: number };
};

export type RequestName = keyof Requests;
export type RequestHandlers = { [Name in RequestName]: (detail: Requests[Name]) => void };

const eventName = (name: RequestName): string => `ev-${name}`;

export const request = <Name extends RequestName>(from: EventTarget, name: Name, detail: Requests[Name]): void => {
  from.dispatchEvent(new CustomEvent(eventName(name), { bubbles: true, composed: true, detail }));
};

/** Calls the handler of each request that reaches `host`. */
export const handleRequests = (host: EventTarget, handlers: RequestHandlers): void => {
  for (const [name, handler] of Object.entries(handlers) as [RequestName, (detail: never) => void][]) {
    host.addEventListener(eventName(name), (event) => {
      if (event instanceof CustomEvent) handler(event.detail as never);
    });
  }
};
