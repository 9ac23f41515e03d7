export type ThemeChoice = 'system' | 'light' | 'dark';

/** Compact rows have one line. */
export type Density = 'comfortable' | 'compact';

export type Panel =
  | 'none'
  | 'new-session'
  | 'inbox'
  | 'subagents'
  | 'help'
  | 'palette'
  | 'delete-session'
  | 'cancel-run'
  | 'rerun'
  | 'trace'
  | 'definition';

export type RailList = 'sessions' | 'runs';

export type Notice = { id: number; tone: 'info' | 'error'; text: string };

/** Whether the browser may show notifications of its own; null where it has none. */
export type NotifyPermission = 'default' | 'granted' | 'denied' | null;
