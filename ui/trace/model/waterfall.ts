import type { Span } from '../../../contracts/api.ts';
import type { LiveOperation } from '../../../contracts/view.ts';
import { serverNow } from '../../parts/model/server-clock.ts';

/** A span, or an operation that still runs: its end is not known. */
export type Bar = Omit<Span, 'kind' | 'status' | 'endedAt'> & {
  kind: Span['kind'] | 'node';
  status: Span['status'] | 'running' | 'waiting' | 'reused';
  endedAt: string | null;
};

/** A part of a bar that a lost worker cut off. */
export type Cut = { from: number; to: number };

export type Row = {
  key: string;
  depth: number;
  label: string;
  from: number;
  /** Null while it runs. */
  to: number | null;
  /** Null for a turn or a step, whose bar spans those below it. */
  bar: Bar | null;
  cuts?: readonly Cut[];
};

/** Milliseconds up to which an operation belongs to a class; the legend and the colours follow. */
export const latencyClasses = [
  { name: 'fast', upTo: 1_000, words: 'under 1 s' },
  { name: 'moderate', upTo: 10_000, words: '1 to 10 s' },
  { name: 'slow', upTo: Number.POSITIVE_INFINITY, words: 'over 10 s' },
] as const;
export type LatencyClass = (typeof latencyClasses)[number]['name'];

export const latencyOf = (ms: number): LatencyClass => latencyClasses.find(({ upTo }) => ms < upTo)?.name ?? 'slow';

/** The same operations along time, by place with their details, or in the order of time. */
export const traceViews = [
  { name: 'waterfall', words: 'Waterfall' },
  { name: 'tree', words: 'Tree' },
  { name: 'log', words: 'Log' },
] as const;
export type TraceView = (typeof traceViews)[number]['name'];

export const traceFilters = [
  { name: 'all', words: 'All operations' },
  { name: 'model', words: 'Model requests' },
  { name: 'tool', words: 'Tool calls' },
  { name: 'slow', words: 'Over 10 s' },
  { name: 'failed', words: 'Failed' },
  { name: 'lost', words: 'Lost and repeated' },
] as const;
export type TraceFilter = (typeof traceFilters)[number]['name'];

const passes: Record<TraceFilter, (bar: Bar) => boolean> = {
  all: () => true,
  model: ({ kind }) => kind === 'model' || kind === 'compaction',
  tool: ({ kind }) => kind === 'tool',
  slow: ({ startedAt, endedAt }) =>
    latencyOf((endedAt === null ? serverNow() : Date.parse(endedAt)) - Date.parse(startedAt)) === 'slow',
  failed: ({ status }) => status === 'error',
  lost: ({ status, attempt }) => status === 'interrupted' || attempt > 1,
};

export const filtered = (bars: readonly Bar[], only: TraceFilter): readonly Bar[] =>
  only === 'all' ? bars : bars.filter(passes[only]);

/** What is worth a line: the error, else the model and its tokens, the cost, the attempt. */
export const detailOf = (bar: Bar): string => {
  const { attributes, attempt, kind, status } = bar;
  const error = errorOf(bar);
  const { usage, segments: _, ...rest } = attributes;
  const cost = typeof usage === 'object' && usage !== null && 'cost' in usage ? usage.cost : null;
  const facts = [
    error,
    kind === 'tool' ? null : kind === 'compaction' ? 'summary' : 'model request',
    attempt > 1 ? `attempt ${attempt}` : null,
    status === 'cancelled' ? 'cancelled' : null,
    typeof rest.timeToFirstTokenMs === 'number' ? `first token ${Math.round(rest.timeToFirstTokenMs)} ms` : null,
    typeof cost === 'number' ? `$${cost.toPrecision(2)}` : null,
  ];
  return facts.filter((one) => one !== null).join(' · ');
};

/** Operations that run, as far as their begin was seen. */
export const liveBars = (live: readonly LiveOperation[]): Bar[] =>
  live.flatMap(({ turn, step, call, fence, label, startedAt }): Bar[] =>
    startedAt === undefined
      ? []
      : [
          {
            id: `live/${turn}/${step}/${call ?? 'model'}`,
            turn,
            step,
            call,
            kind: call === null ? 'model' : 'tool',
            name: label,
            attempt: fence,
            status: 'running',
            startedAt,
            endedAt: null,
            attributes: {},
          },
        ],
  );

/** The error that a span tells of, in words. */
export const errorOf = ({ attributes, status }: Bar): string | null => {
  if (status === 'interrupted') return 'Worker lost';
  if (status !== 'error') return null;
  const { message, code } = attributes;
  return typeof message === 'string' ? message : typeof code === 'string' ? code : 'Failed';
};

/** Comparing as texts of a language takes many times as long. */
const byBegin = (a: Bar, b: Bar): number => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0);

const matches = ({ name, kind, status, attributes }: Bar, wanted: string): boolean =>
  wanted === '' || `${name} ${kind} ${status} ${JSON.stringify(attributes)}`.toLowerCase().includes(wanted);

const extent = (bars: readonly Bar[]): { from: number; to: number | null } => {
  let from = Number.POSITIVE_INFINITY;
  let to: number | null = 0;
  for (const { startedAt, endedAt } of bars) {
    from = Math.min(from, Date.parse(startedAt));
    to = endedAt === null || to === null ? null : Math.max(to, Date.parse(endedAt));
  }
  return { from, to };
};

const grouped = <Key>(bars: readonly Bar[], keyOf: (bar: Bar) => Key): Map<Key, Bar[]> => {
  const groups = new Map<Key, Bar[]>();
  for (const bar of bars) {
    const group = groups.get(keyOf(bar));
    if (group) group.push(bar);
    else groups.set(keyOf(bar), [bar]);
  }
  return groups;
};

/** Turns hold steps, steps their request and their tools. One turn alone is not named. */
export const rowsOf = (bars: readonly Bar[], search = ''): Row[] => {
  const wanted = search.trim().toLowerCase();
  const found = bars
    .filter((bar) => matches(bar, wanted))
    .toSorted((a, b) => a.turn - b.turn || a.step - b.step || byBegin(a, b));
  const rows: Row[] = [];
  const turns = grouped(found, ({ turn }) => turn);
  for (const [turn, ofTurn] of turns) {
    const above = turns.size > 1 ? 1 : 0;
    if (above > 0) rows.push({ key: `turn/${turn}`, depth: 0, label: `Turn ${turn}`, ...extent(ofTurn), bar: null });
    for (const [step, ofStep] of grouped(ofTurn, (bar) => bar.step)) {
      rows.push({ key: `step/${turn}/${step}`, depth: above, label: `Step ${step}`, ...extent(ofStep), bar: null });
      for (const bar of ofStep) rows.push({ key: bar.id, depth: above + 1, label: bar.name, ...extent([bar]), bar });
    }
  }
  return rows;
};

/** Rows that were made elsewhere, and match. */
export const foundIn = (rows: readonly Row[], search: string): Row[] => {
  const wanted = search.trim().toLowerCase();
  return rows.filter(({ bar }) => wanted === '' || (bar !== null && matches(bar, wanted)));
};

/** By time alone, as a log is read. */
export const logOf = (bars: readonly Bar[], search = ''): Row[] => {
  const wanted = search.trim().toLowerCase();
  return bars
    .filter((bar) => matches(bar, wanted))
    .toSorted(byBegin)
    .map((bar) => ({ key: bar.id, depth: 0, label: bar.name, ...extent([bar]), bar }));
};

export type Window = { from: number; to: number };

export const wholeOf = (rows: readonly Row[], now: number): Window => {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const row of rows) {
    from = Math.min(from, row.from);
    to = Math.max(to, row.to ?? now);
  }
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: now - 1, to: now };
};

/** Shows `factor` times as much time around a place, never more than the whole. */
export const zoomed = (window: Window, whole: Window, factor: number, at = 0.5): Window => {
  const length = Math.min(whole.to - whole.from, Math.max(10, (window.to - window.from) * factor));
  const centre = window.from + (window.to - window.from) * at;
  return moved({ from: centre - length * at, to: centre + length * (1 - at) }, whole, 0);
};

/** Moves the window by a part of its length, within the whole. */
export const moved = ({ from, to }: Window, whole: Window, by: number): Window => {
  const length = to - from;
  const start = Math.min(Math.max(whole.from, from + by * length), Math.max(whole.from, whole.to - length));
  return { from: start, to: start + length };
};

/** Where a bar lies in the window, as fractions; null outside. */
export const placeIn = ({ from, to }: Window, start: number, end: number): { left: number; width: number } | null => {
  if (end < from || start > to) return null;
  const left = Math.max(0, (start - from) / (to - from));
  return { left, width: Math.max(0.002, Math.min(1, (end - from) / (to - from)) - left) };
};

/** Round distances from the begin of the whole, some five of them. */
export const ticksOf = (window: Window, origin: number): { at: number; ms: number }[] => {
  const rough = (window.to - window.from) / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const every = power * ([1, 2, 5, 10].find((step) => step * power >= rough) ?? 10);
  const ticks: { at: number; ms: number }[] = [];
  for (let ms = Math.ceil((window.from - origin) / every) * every; origin + ms <= window.to; ms += every) {
    ticks.push({ at: (origin + ms - window.from) / (window.to - window.from), ms });
  }
  return ticks;
};
