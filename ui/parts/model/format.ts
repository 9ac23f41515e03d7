const number = new Intl.NumberFormat('en');
const date = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

export const count = (value: number): string => number.format(value);

/** 950, 9.5k, 209k, 1.2M */
export const tokens = (value: number): string => {
  if (value < 1000) return String(value);
  if (value < 9_950) return `${(value / 1000).toFixed(1).replace(/\.0$/, '')}k`;
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1).replace(/\.0$/, '')}M`;
};

/** 40 ms, 1.4 s, 2 min 5 s, 3 min, 3 h 2 min */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const both = (high: number, unit: string, low: number, part: string): string =>
    low === 0 ? `${high} ${unit}` : `${high} ${unit} ${low} ${part}`;
  if (seconds < 3600) return both(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return both(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
};

export const bytes = (length: number): string => {
  if (length < 1024) return `${length} B`;
  if (length < 1024 * 1024) return `${(length / 1024).toFixed(length < 10_240 ? 1 : 0)} KB`;
  return `${(length / 1024 / 1024).toFixed(1)} MB`;
};

/** US dollars; small amounts keep two digits that say something. */
export const dollars = (value: number): string => {
  if (value === 0) return '$0';
  if (value < 0.01) return `$${value.toPrecision(2)}`;
  return `$${value.toFixed(2)}`;
};

/** `just now`, `5 min`, `3 h`, `2 d`, then the date. */
export const ago = (iso: string, now: number): string => {
  const then = Date.parse(iso);
  const minutes = Math.floor((now - then) / 60_000);
  if (Number.isNaN(minutes)) return '';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  if (minutes < 7 * 24 * 60) return `${Math.floor(minutes / 60 / 24)} d`;
  return date.format(then);
};

export const moment = (iso: string): string => exact.format(Date.parse(iso));

export const timeOfDay = (iso: string): string => clock.format(Date.parse(iso));

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** The last part of a path, for places without room for the whole. */
export const folderName = (path: string): string =>
  path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) || path;
