import { AttachmentRef } from '../../../contracts/attachments.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import { viewsFrom } from '../../list/model/views.ts';
import type { OutboxItem } from '../../session/model/outbox-item.ts';
import type { AppState, Remembered } from '../../state.ts';
import type { ThemeChoice } from '../model/shell.ts';

const names = {
  token: 'everturn.token',
  theme: 'everturn.theme',
  density: 'everturn.density',
  drafts: 'everturn.drafts',
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
    views: viewsFrom(parsed(read(local, names.views))),
  };
};

/** Keeps what a closed page must not lose. */
export const remember = (before: AppState, now: AppState): void => {
  if (before.drafts !== now.drafts) write(local, names.drafts, JSON.stringify(now.drafts));
  if (before.views !== now.views) write(local, names.views, JSON.stringify(now.views));
  if (before.shell.theme !== now.shell.theme) write(local, names.theme, now.shell.theme);
  if (before.shell.density !== now.shell.density) write(local, names.density, now.shell.density);
  if (before.outbox.items !== now.outbox.items) {
    const open = now.outbox.items.filter(({ status }) => status !== 'sent');
    const kept = open.map(({ key, sessionId, text, attachments, whenBusy }) => ({
      key,
      sessionId,
      text,
      attachments,
      whenBusy,
    }));
    write(local, names.outbox, kept.length > 0 ? JSON.stringify(kept) : null);
  }
};
