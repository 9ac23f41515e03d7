import { AttachmentRef } from '../../../contracts/attachments.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import { type View, viewsFrom } from '../../list/model/views.ts';
import type { OutboxItem } from '../../session/model/outbox-item.ts';
import { type Attaching, readyOf } from '../../session/state/attaching.ts';
import type { AppState, Remembered } from '../../state.ts';
import type { ThemeChoice } from '../model/shell.ts';

const names = {
  token: 'everturn.token',
  theme: 'everturn.theme',
  density: 'everturn.density',
  drafts: 'everturn.drafts',
  attaching: 'everturn.attaching',
  outbox: 'everturn.outbox',
  views: 'everturn.views',
};

/** Storage can be full, forbidden or filled by others; the console works without it. */
const read = (storage: () => Storage, name: string): string | null => {
  try {
    return storage().getItem(name);
  } catch {
    return null;
  }
};
const write = (storage: () => Storage, name: string, value: string | null): void => {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
};
const local = (): Storage => localStorage;
const session = (): Storage => sessionStorage;

const parsed = (text: string | null): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const draftsOf = (value: unknown): Record<string, string> =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => isText(entry[1])))
    : {};

/** A message whose answer was not seen before the page closed: whoever sends it again uses the same key. */
const outboxOf = (value: unknown): OutboxItem[] =>
  (Array.isArray(value) ? value : []).flatMap((item: unknown): OutboxItem[] => {
    if (!isRecord(item) || !isText(item.key) || !isText(item.sessionId) || !isText(item.text)) return [];
    const { key, sessionId, text } = item;
    const attached = AttachmentRef.array().safeParse(item.attachments);
    const attachments = attached.success ? attached.data : [];
    const whenBusy = item.whenBusy === 'interrupt' ? 'interrupt' : 'enqueue';
    const error = new EverturnError(
      'not_running',
      'The page closed before this was confirmed. Sending it again is safe',
    );
    return [{ key, sessionId, text, attachments, whenBusy, status: 'failed', messageId: null, error }];
  });

/** Files that were uploaded, and wait for the message they go with. */
const attachingOf = (value: unknown): Attaching =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).flatMap(([sessionId, stored]) => {
      const refs = AttachmentRef.array().safeParse(stored);
      if (!refs.success || refs.data.length === 0) return [];
      const item = { status: 'ready', preview: null, error: null } as const;
      return [[sessionId, refs.data.map(({ id, name }) => ({ ...item, key: `${sessionId}/${id}`, id, name }))]];
    }),
  );

/** Other tabs have stored theirs meanwhile: only what this one has changed is added to it or taken from it. */
const merged = <T>(stored: Record<string, T>, before: Record<string, T>, now: Record<string, T>): Record<string, T> => {
  const changed = (key: string): boolean => before[key] !== now[key];
  const isKept = ([key]: [string, T]): boolean => !changed(key) || key in now;
  return Object.fromEntries([
    ...Object.entries(stored).filter(isKept),
    ...Object.entries(now).filter(([key]) => changed(key)),
  ]);
};

const unsent = (items: readonly OutboxItem[]): Record<string, OutboxItem> =>
  Object.fromEntries(items.filter(({ status }) => status !== 'sent').map((item) => [item.key, item]));
const named = (views: readonly View[]): Record<string, View> =>
  Object.fromEntries(views.map((view) => [`${view.list}/${view.name}`, view]));

const themeOf = (value: string | null): ThemeChoice => (value === 'light' || value === 'dark' ? value : 'system');

export const rememberToken = (token: string): void => {
  write(session, names.token, token);
  write(local, names.token, token);
};

/** Other tabs may have a token that is good. */
export const forgetToken = (token: string): void => {
  if (read(session, names.token) === token) write(session, names.token, null);
  if (read(local, names.token) === token) write(local, names.token, null);
};

/** The token of this event is one that another tab has signed in with. */
export const tokenOfOtherTab = ({ key, newValue }: StorageEvent): string | null =>
  key === names.token ? newValue : null;

/** Takes a token out of the address (`#token=…`), so that it is in no history, bookmark or screenshot. */
export const takeToken = (): string | null => {
  const parts = location.hash.slice(1).split('&');
  const given = parts.find((part) => part.startsWith('token='));
  if (given === undefined) return null;
  const rest = parts.filter((part) => part !== given).join('&');
  history.replaceState(null, '', `${location.pathname}${location.search}${rest ? `#${rest}` : ''}`);
  const token = new URLSearchParams(given).get('token') || null;
  if (token !== null) rememberToken(token);
  return token;
};

export const recall = (): Remembered => {
  return {
    token: takeToken() ?? read(session, names.token) ?? read(local, names.token),
    theme: themeOf(read(local, names.theme)),
    density: read(local, names.density) === 'compact' ? 'compact' : 'comfortable',
    drafts: draftsOf(parsed(read(local, names.drafts))),
    outbox: outboxOf(parsed(read(local, names.outbox))),
    attaching: attachingOf(parsed(read(local, names.attaching))),
    views: viewsFrom(parsed(read(local, names.views))),
  };
};

/** Keeps what a closed page must not lose. */
export const remember = (before: AppState, now: AppState): void => {
  const stored = (name: string): unknown => parsed(read(local, name));
  const keep = (name: string, value: object): void => write(local, name, JSON.stringify(value));
  if (before.drafts !== now.drafts)
    keep(names.drafts, merged(draftsOf(stored(names.drafts)), before.drafts, now.drafts));
  if (before.views !== now.views)
    keep(
      names.views,
      Object.values(merged(named(viewsFrom(stored(names.views))), named(before.views), named(now.views))),
    );
  if (before.shell.theme !== now.shell.theme) write(local, names.theme, now.shell.theme);
  if (before.shell.density !== now.shell.density) write(local, names.density, now.shell.density);
  if (before.attaching !== now.attaching) {
    const items = Object.entries(merged(attachingOf(stored(names.attaching)), before.attaching, now.attaching));
    const refs = items.map(([sessionId, waiting]) => [sessionId, readyOf(waiting)] as const);
    keep(names.attaching, Object.fromEntries(refs.filter(([, ready]) => ready.length > 0)));
  }
  if (before.outbox.items !== now.outbox.items) {
    const items = merged(unsent(outboxOf(stored(names.outbox))), unsent(before.outbox.items), unsent(now.outbox.items));
    keep(
      names.outbox,
      Object.values(items).map(({ key, sessionId, text, attachments, whenBusy }) => ({
        key,
        sessionId,
        text,
        attachments,
        whenBusy,
      })),
    );
  }
};
