import { composes } from './parts/enter.ts';

export type Shortcut =
  | 'write'
  | 'new-session'
  | 'search'
  | 'runs'
  | 'flow'
  | 'script'
  | 'inbox'
  | 'subagents'
  | 'help'
  | 'palette'
  | 'above'
  | 'below'
  | 'end'
  | 'stop';

const keys: Record<string, Shortcut> = {
  '/': 'write',
  n: 'new-session',
  s: 'search',
  r: 'runs',
  f: 'flow',
  x: 'script',
  a: 'inbox',
  b: 'subagents',
  '?': 'help',
  '[': 'above',
  ']': 'below',
  End: 'end',
  Escape: 'stop',
};

export const writes = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && target.type !== 'checkbox') ||
  (target instanceof HTMLElement && target.isContentEditable);

/** What a key press asks for. While text is written only Escape is more than a letter. */
export const shortcutOf = (event: KeyboardEvent): Shortcut | undefined => {
  if (event.altKey || composes(event) || event.defaultPrevented) return undefined;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'k' && !event.shiftKey ? 'palette' : undefined;
  const shortcut = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  return shortcut !== 'stop' && writes(event.composedPath()[0]) ? undefined : shortcut;
};
